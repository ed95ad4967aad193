package org.morphogen.node.cuda;

/**
 * How a pass over a segment is cut up for one GPU; from public sizes alone. See {@code scan.cu} for what the numbers mean.
 *
 * @param kernel by the number of keys
 * @param blockWords row words that a block takes
 * @param tileHeight log2 of a tile's leaves
 * @param stretchTiles tiles whose roots a block finds at once
 * @param gridX blocks beside each other, each with tiles of its own
 * @param gridY blocks for the words of a row
 * @param sharedBytes of a block
 */
record ScanShape(
        String kernel, int blockWords, int tileHeight, int stretchTiles, int gridX, int gridY, int sharedBytes) {
    /** Most keys that pass over a segment together. */
    static final int MOST_KEYS = 64;

    /** Threads of a block, of every kernel; see {@code platform.cuh}. */
    static final int THREADS = 256;

    /** The AES tables, which every block that expands keys has. */
    static final int TABLE_BYTES = 64 << 10;

    private static final int NODE_BYTES = 16;
    /** What the system takes of a multiprocessor's shared memory for each block. */
    private static final int SYSTEM_BYTES = 1 << 10;
    /** Beside the tables. */
    private static final int LEAST_ROOM_BYTES = 8 << 10;

    private static final int MOST_BLOCK_WORDS = 64;
    private static final int WARPS = 8;
    private static final int MOST_STRETCH_TILES = 8;
    /** So many tiles for each block that runs at once, that all end at about the same time. */
    private static final int TILES_PER_BLOCK = 8;

    private static final int LEAST_TILE_HEIGHT = 4;
    private static final int EVEN_BLOCKS = 8;
    private static final int WAVES = 4;

    /**
     * The shape of a pass.
     *
     * @param keys 1 to {@value #MOST_KEYS}
     * @param rowWords of 32 bits, a multiple of 4
     * @param height levels from the segment's node to the leaves
     * @param leaves that have rows, 1 to 2^height
     */
    static ScanShape of(GpuFacts gpu, int keys, int rowWords, int height, int leaves) {
        Variant variant = Variant.of(keys);
        int blocks = blocks(gpu, variant.blocks, keys, rowWords);
        int room = room(gpu, blocks);
        int blockWords = blockWords(keys, rowWords, room / 8 * 3);
        int stretchTiles = Math.clamp(room / 8 / (keys * NODE_BYTES), 1, MOST_STRETCH_TILES);
        int fixedBytes = keys * (blockWords * Integer.BYTES + stretchTiles * NODE_BYTES);
        int gridY = (rowWords + blockWords - 1) / blockWords;
        int atOnce = gpu.multiprocessors() * blocks;
        int tileHeight = tileHeight(keys, height, room - fixedBytes);
        while (tileHeight > LEAST_TILE_HEIGHT
                && (long) tiles(leaves, tileHeight) * gridY < (long) TILES_PER_BLOCK * atOnce) {
            tileHeight--;
        }
        int slots = tileHeight == 0 ? 2 : 1 << tileHeight;
        return new ScanShape(
                variant.kernel,
                blockWords,
                tileHeight,
                stretchTiles,
                Math.min(gridX(atOnce, gridY), tiles(leaves, tileHeight)),
                gridY,
                TABLE_BYTES + slots * keys * NODE_BYTES + fixedBytes);
    }

    /** The kernels, by the keys that they take, and the blocks of each that registers allow at once. */
    private enum Variant {
        UP_TO_8("scan_8", 8, 3),
        UP_TO_16("scan_16", 16, 3),
        UP_TO_32("scan_32", 32, 2),
        UP_TO_64("scan_64", 64, 2);

        private final String kernel;
        private final int keys;
        private final int blocks;

        Variant(String kernel, int keys, int blocks) {
            this.kernel = kernel;
            this.keys = keys;
            this.blocks = blocks;
        }

        static Variant of(int keys) {
            for (Variant variant : values()) {
                if (keys >= 1 && keys <= variant.keys) {
                    return variant;
                }
            }
            throw new IllegalArgumentException("keys: 1 to " + MOST_KEYS + ", are " + keys);
        }
    }

    /** How many blocks a multiprocessor is to hold at once: fewer are better than such as have no room to work in. */
    private static int blocks(GpuFacts gpu, int most, int keys, int rowWords) {
        int sums = Math.min(rowWords, MOST_BLOCK_WORDS) * Integer.BYTES;
        int least = Math.max(LEAST_ROOM_BYTES, keys * (sums + ((1 << LEAST_TILE_HEIGHT) + 2) * NODE_BYTES));
        int blocks = most;
        while (blocks > 1 && room(gpu, blocks) < least) {
            blocks--;
        }
        return blocks;
    }

    /** Shared memory of each of so many blocks, beside the tables. */
    private static int room(GpuFacts gpu, int blocks) {
        int share = gpu.sharedBytesPerMultiprocessor() / blocks - SYSTEM_BYTES;
        return Math.min(gpu.sharedBytesPerBlock(), share) - TABLE_BYTES;
    }

    /** As many as have room for their sums, occupy all warps alike, and leave no small rest. */
    private static int blockWords(int keys, int rowWords, int roomBytes) {
        int most = Math.clamp(roomBytes / (keys * Integer.BYTES), 4, MOST_BLOCK_WORDS);
        if (rowWords <= most) {
            return rowWords;
        }
        int whole = Math.max(4, most & -WARPS);
        int parts = (rowWords + whole - 1) / whole;
        int even = (rowWords + parts - 1) / parts;
        return Math.min(whole, (even + WARPS - 1) & -WARPS);
    }

    /** As many blocks as run at once, or, where that would leave many places empty, some times as many. */
    private static int gridX(int atOnce, int gridY) {
        return atOnce / gridY >= EVEN_BLOCKS ? atOnce / gridY : (WAVES * atOnce + gridY - 1) / gridY;
    }

    private static int tileHeight(int keys, int height, int roomBytes) {
        int leaves = Math.max(2, Integer.highestOneBit(roomBytes / (keys * NODE_BYTES)));
        return Math.min(height, Integer.numberOfTrailingZeros(leaves));
    }

    private static int tiles(int leaves, int tileHeight) {
        return (leaves + (1 << tileHeight) - 1) >>> tileHeight;
    }
}
