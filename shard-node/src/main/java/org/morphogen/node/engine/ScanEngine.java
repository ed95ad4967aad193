package org.morphogen.node.engine;

/** A way of scanning. All engines read the same memory and find the same sums. Thread-safe. */
public interface ScanEngine {
    /** For settings, logs and metrics: {@code scalar}. */
    String name();

    /** A kernel with buffers of its own, for one thread. */
    ScanKernel newKernel();
}
