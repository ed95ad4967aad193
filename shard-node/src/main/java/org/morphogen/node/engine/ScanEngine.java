package org.morphogen.node.engine;

import java.util.Optional;
import org.morphogen.node.chunk.RowMemory;
import org.morphogen.node.numa.Banks;

/** A way of scanning, and the memory that it scans. All engines find the same sums. Thread-safe. */
public interface ScanEngine extends AutoCloseable {
    /** For settings, logs and metrics: {@code scalar}. */
    String name();

    /**
     * Where the chunks lie that this engine is to scan.
     *
     * @param limitBytes most that they may take
     * @param banks of the machine's own memory, for an engine that scans there
     */
    RowMemory memory(long limitBytes, Banks banks);

    /** How many threads scan best, when the settings do not say. */
    default int scanThreads() {
        return Runtime.getRuntime().availableProcessors();
    }

    /** A scan with buffers of its own, for one thread. */
    SegmentScan newScan();

    /** Makes the first scans as fast as all others. Takes seconds at most. */
    default void warmUp() {}

    /**
     * Why this engine cannot scan any more until the node is started anew; empty while all is well. One sentence for the
     * operator, with what to do. Whatever is still being scanned then fails. Asked often: must be quick.
     */
    default Optional<String> fault() {
        return Optional.empty();
    }

    /** Gives everything back; for when nothing is scanned any more and no chunk lies in its memory. */
    @Override
    default void close() {}
}
