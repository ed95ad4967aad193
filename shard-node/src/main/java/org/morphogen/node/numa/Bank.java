package org.morphogen.node.numa;

import java.util.List;

/**
 * One NUMA node of the machine: some memory and the cores near it.
 *
 * @param number the kernel's
 * @param cores the kernel's numbers of those that this process may use
 */
public record Bank(int number, List<Integer> cores) {
    public Bank {
        cores = List.copyOf(cores);
    }
}
