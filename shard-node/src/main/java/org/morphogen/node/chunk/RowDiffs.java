package org.morphogen.node.chunk;

/** Differences that rows are to be XORed with. */
@FunctionalInterface
public interface RowDiffs {
    /** Gives all of them, to be called once. A row may come more than once. What it throws is the caller's. */
    void forEach(Each each);

    /** Is given differences. */
    @FunctionalInterface
    interface Each {
        /**
         * The next one.
         *
         * @param row of the chunk
         * @param diff has it, a plain row, from {@code offset} on; may be used again once this has returned
         */
        void diff(int row, byte[] diff, int offset);
    }
}
