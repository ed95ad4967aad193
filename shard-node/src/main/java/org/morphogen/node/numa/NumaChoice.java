package org.morphogen.node.numa;

/** What a node does about memory in several places. */
public enum NumaChoice {
    /** Spread over the banks of this machine, if it has more than one. */
    AUTO,
    /** Leave it to the kernel. */
    OFF;

    /** The banks to spread over. */
    public Banks banks() {
        return this == AUTO ? Banks.here() : Banks.ONE;
    }
}
