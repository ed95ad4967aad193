package org.morphogen.node.numa;

import java.util.List;

/**
 * Some memory and the cores near it: a NUMA node of the machine, or a device, which has no cores.
 *
 * @param number the kernel's; a device's own where there are no cores
 * @param cores the kernel's numbers of those that this process may use
 */
public record Bank(int number, List<Integer> cores) {
    public Bank {
        cores = List.copyOf(cores);
    }
}
