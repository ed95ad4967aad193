package org.morphogen.dpf;

/**
 * Expands keys into selection bits, from the root to a level and from there to leaves. Its time depends on the ranges
 * asked for alone. Keeps its buffers: not thread-safe, and allocates nothing once they have grown. Memory: some
 * 150 KiB, 9 bytes a node of the largest {@link #expand} beside the 18 that lie in its target, and 27 bytes for every
 * 2^14 leaves of the largest {@link #leaves}.
 *
 * <p>To scan a chunk, expand to the level where a node has 2^10 leaves below it, then take {@link #leavesBelow} of one
 * node after the other: each tile is made in cache and can be used there.
 */
public final class DpfEvaluator {
    /** The most nodes that one call of {@link #expand} gives. */
    public static final int MAX_NODES = 1 << 26;

    /** Of a tile: leaves that are made together, and stay in the first caches with their nodes. */
    private static final int TILE_HEIGHT = 10;
    /** Tiles are made from nodes so far above their leaves, and not from one root each: AES is slow on a few nodes. */
    private static final int ROOT_HEIGHT = 5;
    /** Roots are made for so many leaves at a time, so that they stay in the cache, too. */
    private static final int STRETCH_HEIGHT = 14;

    private final NodeExpander nodeExpander;
    private final LeafExpander leafExpander;
    private final DpfNodes root = new DpfNodes();
    private final DpfNodes tileRoots = new DpfNodes();
    private final DpfNodes stretchRoots = new DpfNodes();
    private final DpfNodes tile = new DpfNodes();
    private final DpfNodes scratch = new DpfNodes();

    /** An evaluator with buffers of its own. */
    public DpfEvaluator() {
        this(TreePasses.best());
    }

    DpfEvaluator(TreePasses passes) {
        nodeExpander = new NodeExpander(passes);
        leafExpander = new LeafExpander(passes);
    }

    /**
     * Finds consecutive nodes of a level, from the root.
     *
     * @param level 0 (the root) to the key's depth
     * @param firstNode index in the level, 0 to 2^level - 1
     * @param nodeCount 1 to {@link #MAX_NODES}, not past the end of the level
     * @param into takes the nodes; what it held is lost
     */
    public void expand(DpfKey key, int level, long firstNode, int nodeCount, DpfNodes into) {
        if (level < 0 || level > key.depth()) {
            throw new IllegalArgumentException("level: must be 0 to " + key.depth() + ", is " + level);
        }
        if (nodeCount > MAX_NODES) {
            throw new IllegalArgumentException("nodes: must be at most " + MAX_NODES + ", are " + nodeCount);
        }
        checkRange("nodes", firstNode, nodeCount, 1L << level);
        root.resetToRoot(key);
        descend(key, root, level, firstNode, nodeCount, into);
    }

    /**
     * Finds all nodes of a level below one that is known.
     *
     * @param from holds {@code node}, expanded from the same key
     * @param level at least that of {@code from}, at most the key's depth
     * @param into takes the 2^(level - from.level()) nodes; another than {@code from}
     */
    public void expandBelow(DpfKey key, DpfNodes from, long node, int level, DpfNodes into) {
        int height = level - from.level();
        if (height < 0 || level > key.depth() || 1L << height > MAX_NODES) {
            throw new IllegalArgumentException("level: " + level + " is not below " + from.level() + ", or too far");
        }
        checkRange("nodes", node - from.first(), 1, from.count());
        descend(key, from, level, node << height, 1 << height, into);
    }

    /**
     * Writes all leaves below some of the nodes that {@link #expand} found: the selection bits of those rows, of row r
     * bit (r mod 8) of byte r / 8, counted from the first leaf on.
     *
     * @param key the key that the nodes were expanded from
     * @param from position in {@code nodes}, 0 to nodes.count() - 1
     * @param count nodes, at least 1
     * @param out takes count * 2^(depth - level) leaves of 16 bytes at {@code outOffset}
     */
    public void leavesBelow(DpfKey key, DpfNodes nodes, int from, int count, byte[] out, int outOffset) {
        checkRange("nodes", from, count, nodes.count());
        int height = key.depth() - nodes.level();
        if (height < 0) {
            throw new IllegalArgumentException(
                    "nodes: level " + nodes.level() + " is below depth " + key.depth() + " of the key");
        }
        long leafCount = (long) count << height;
        checkRoom(leafCount, out, outOffset);
        leafRange(key, nodes, (nodes.first() + from) << height, (int) leafCount, out, outOffset);
    }

    /**
     * Writes, for each of many keys, the leaves below the same nodes. Small subtrees are made together, so that AES
     * has enough to do at once.
     *
     * @param keys of one depth; the first {@code keyCount} are used
     * @param nodes for each key nodes of one level, among them those from {@code node} to node + nodeCount - 1
     * @param node index in the level
     * @param out takes nodeCount * 2^(depth - level) leaves of key k at {@code k * strideBytes}
     */
    public void leavesBelow(
            DpfKey[] keys, DpfNodes[] nodes, int keyCount, long node, int nodeCount, byte[] out, int strideBytes) {
        int level = nodes[0].level();
        int height = keys[0].depth() - level;
        checkEach(keys, nodes, keyCount, level, node, nodeCount);
        checkRoom((long) nodeCount << height, out, Math.multiplyExact(keyCount - 1, strideBytes));
        int leafCount = nodeCount << height;
        int together = (1 << TILE_HEIGHT) / leafCount;
        for (int first = 0; first < keyCount; first += Math.max(1, together)) {
            if (together <= 1) {
                leafRange(keys[first], nodes[first], node << height, leafCount, out, first * strideBytes);
            } else {
                int some = Math.min(together, keyCount - first);
                leavesTogether(keys, nodes, first, some, node, nodeCount, out, strideBytes);
            }
        }
    }

    private void leavesTogether(
            DpfKey[] keys, DpfNodes[] nodes, int first, int some, long node, int nodeCount, byte[] out, int stride) {
        int level = nodes[first].level();
        DpfNodes current = tileRoots;
        current.reset(level, 0, some * nodeCount);
        for (int key = 0; key < some; key++) {
            current.put(key * nodeCount, nodes[first + key], nodes[first + key].slot(node), nodeCount);
        }
        int countOfEach = nodeCount;
        for (int depth = keys[first].depth(); level < depth; level++) {
            DpfNodes next = current == tile ? scratch : tile;
            nodeExpander.expandEach(keys, first, some, current, countOfEach, next);
            current = next;
            countOfEach *= 2;
        }
        leafExpander.expandEach(keys, first, some, current, countOfEach, out, first * stride, stride);
    }

    private static void checkEach(DpfKey[] keys, DpfNodes[] nodes, int keyCount, int level, long node, int nodeCount) {
        for (int key = 0; key < keyCount; key++) {
            if (nodes[key].level() != level || keys[key].depth() != keys[0].depth()) {
                throw new IllegalArgumentException("nodes: keys differ in depth, or nodes in level");
            }
            checkRange("nodes", node - nodes[key].first(), nodeCount, nodes[key].count());
        }
    }

    /**
     * Writes any range of leaves: the selection bits of rows 128 * firstLeaf to 128 * (firstLeaf + leafCount) - 1.
     *
     * @param firstLeaf 0 to 2^depth - 1
     * @param leafCount at least 1, not past the last leaf
     * @param out takes leafCount leaves of 16 bytes at {@code outOffset}
     */
    public void leaves(DpfKey key, long firstLeaf, int leafCount, byte[] out, int outOffset) {
        checkRange("leaves", firstLeaf, leafCount, 1L << key.depth());
        checkRoom(leafCount, out, outOffset);
        root.resetToRoot(key);
        leafRange(key, root, firstLeaf, leafCount, out, outOffset);
    }

    private void leafRange(DpfKey key, DpfNodes from, long firstLeaf, int leafCount, byte[] out, int outOffset) {
        int depth = key.depth();
        long end = firstLeaf + leafCount;
        DpfNodes high = from;
        if (depth - from.level() > STRETCH_HEIGHT) {
            long firstNode = firstLeaf >> STRETCH_HEIGHT;
            int nodes = (int) (((end - 1) >> STRETCH_HEIGHT) - firstNode) + 1;
            descend(key, from, depth - STRETCH_HEIGHT, firstNode, nodes, stretchRoots);
            high = stretchRoots;
        }
        for (long leaf = firstLeaf; leaf < end; ) {
            long stretchEnd = Math.min(end, ((leaf >> STRETCH_HEIGHT) + 1) << STRETCH_HEIGHT);
            int at = outOffset + (int) (leaf - firstLeaf) * DpfDomain.LEAF_BYTES;
            stretch(key, high, leaf, (int) (stretchEnd - leaf), out, at);
            leaf = stretchEnd;
        }
    }

    /** Leaves of at most one subtree of {@link #STRETCH_HEIGHT}. */
    private void stretch(DpfKey key, DpfNodes from, long firstLeaf, int leafCount, byte[] out, int outOffset) {
        int depth = key.depth();
        long end = firstLeaf + leafCount;
        DpfNodes roots = from;
        if (depth - from.level() > TILE_HEIGHT) {
            long firstNode = firstLeaf >> ROOT_HEIGHT;
            int nodes = (int) (((end - 1) >> ROOT_HEIGHT) - firstNode) + 1;
            descend(key, from, depth - ROOT_HEIGHT, firstNode, nodes, tileRoots);
            roots = tileRoots;
        }
        for (long leaf = firstLeaf; leaf < end; ) {
            long tileEnd = Math.min(end, ((leaf >> TILE_HEIGHT) + 1) << TILE_HEIGHT);
            int tileLeaves = (int) (tileEnd - leaf);
            DpfNodes last = roots;
            if (roots.level() < depth) {
                descend(key, roots, depth, leaf, tileLeaves, tile);
                last = tile;
            }
            int at = outOffset + (int) (leaf - firstLeaf) * DpfDomain.LEAF_BYTES;
            leafExpander.expand(key, last, leaf, tileLeaves, out, at);
            leaf = tileEnd;
        }
    }

    /** From nodes that hold all the ancestors needed to a range of a level at or below theirs. */
    private void descend(DpfKey key, DpfNodes from, int level, long first, int count, DpfNodes into) {
        if (from.level() == level) {
            into.copyFrom(from, first, count);
            return;
        }
        DpfNodes current = from;
        for (int above = level - from.level(); above > 0; above--) {
            long firstParent = first >> above;
            long lastParent = (first + count - 1) >> above;
            // Taken in turns so that the last level lies in the target.
            DpfNodes next = (above & 1) == 1 ? into : scratch;
            nodeExpander.expand(key, current, firstParent, (int) (lastParent - firstParent) + 1, next);
            current = next;
        }
        into.show(first, count);
    }

    private static void checkRange(String what, long first, long count, long size) {
        if (first < 0 || count < 1 || first > size - count) {
            throw new IllegalArgumentException(
                    what + ": " + count + " from " + first + " on is not a range within " + size);
        }
    }

    private static void checkRoom(long leafCount, byte[] out, int outOffset) {
        long bytes = leafCount * DpfDomain.LEAF_BYTES;
        if (outOffset < 0 || bytes > out.length - outOffset) {
            throw new IllegalArgumentException(
                    "out: no room for " + bytes + " bytes at " + outOffset + " of " + out.length);
        }
    }
}
