package org.morphogen.node.engine;

/** Adds a column block for one key: the slices of every group, ANDed with the group's selection byte. Stateless. */
interface KeySweep {
    /**
     * XORs into {@code groupBytes} bytes of {@code sums}.
     *
     * @param at address of the column block
     * @param groupBytes bytes of a group in it, 256 or 128
     * @param groups of the tile
     * @param bits a selection byte a group, from {@code bitsAt} on
     */
    void sweep(long at, int groupBytes, int groups, byte[] bits, int bitsAt, byte[] sums, int sumsAt);

    /** In vectors of 64, 32 or 16 bytes. */
    static KeySweep of(int vectorBytes) {
        return switch (vectorBytes) {
            case 64 -> new KeySweep64();
            case 32 -> new KeySweep32();
            case 16 -> new KeySweep16();
            default -> throw new IllegalArgumentException("vectorBytes: " + vectorBytes + " is not 64, 32 or 16");
        };
    }
}
