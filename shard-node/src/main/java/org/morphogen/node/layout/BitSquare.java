package org.morphogen.node.layout;

/**
 * Eight times eight bits in a long: bit c of row r is bit 8r + c. The transposition is that of Hacker's Delight, second
 * edition, section 7-3.
 */
public final class BitSquare {
    private BitSquare() {}

    /** Rows become columns; twice gives back what was. */
    public static long transpose(long square) {
        long swapped = square;
        long differing = (swapped ^ (swapped >>> 7)) & 0x00AA00AA00AA00AAL;
        swapped ^= differing ^ (differing << 7);
        differing = (swapped ^ (swapped >>> 14)) & 0x0000CCCC0000CCCCL;
        swapped ^= differing ^ (differing << 14);
        differing = (swapped ^ (swapped >>> 28)) & 0x00000000F0F0F0F0L;
        return swapped ^ differing ^ (differing << 28);
    }
}
