package org.morphogen.node.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.morphogen.dpf.DpfKey;
import org.morphogen.dpf.DpfNodes;
import org.morphogen.node.chunk.ChunkRows;
import org.morphogen.node.epoch.Differences;
import org.morphogen.node.layout.SegmentGeometry;

/**
 * One segment of a chunk and the keys that pass over it together. A buffer that is used again and again. Not
 * thread-safe.
 *
 * <p>A class, not a record: keys have no text form.
 */
public final class SegmentBatch {
    /** Most keys of a batch. */
    public static final int MAX_KEYS = 256;

    private final DpfKey[] keys = new DpfKey[MAX_KEYS];
    private final DpfNodes[] nodes = new DpfNodes[MAX_KEYS];
    private final List<Correction> corrections = new ArrayList<>();
    private @Nullable SegmentGeometry geometry;
    private @Nullable ChunkRows rows;
    private int segment;
    private long node;
    private int count;

    /**
     * Begins anew, without keys.
     *
     * @param newRows the chunk's, held by the caller
     * @param newSegment number in the chunk
     * @param newNode the segment's node in the tree, at the geometry's level
     */
    public void begin(SegmentGeometry newGeometry, ChunkRows newRows, int newSegment, long newNode) {
        geometry = newGeometry;
        rows = newRows;
        segment = newSegment;
        node = newNode;
        count = 0;
        corrections.clear();
    }

    /** Whether there is room for so many keys more. */
    public boolean hasRoom(int moreKeys) {
        return count + moreKeys <= MAX_KEYS;
    }

    /** Adds a key, with its nodes for some segments of the chunk, this one among them. */
    public void add(DpfKey key, DpfNodes ofSegments) {
        keys[count] = key;
        nodes[count] = ofSegments;
        count++;
    }

    /** For the {@code nextKeys} keys that are added next: what the segment's rows differ by from the epoch they ask for. */
    public void correct(Differences differences, int nextKeys) {
        corrections.add(new Correction(differences, count, nextKeys));
    }

    /** Lets go of keys and rows. */
    public void clear() {
        geometry = null;
        rows = null;
        count = 0;
        corrections.clear();
        Arrays.fill(keys, null);
        Arrays.fill(nodes, null);
    }

    /** How the chunk is cut. */
    public SegmentGeometry geometry() {
        return present(geometry);
    }

    /** The chunk's rows. */
    public ChunkRows rows() {
        return present(rows);
    }

    /** The segment's number in the chunk. */
    public int segment() {
        return segment;
    }

    /** The segment's node in the tree. */
    public long node() {
        return node;
    }

    /** Row of the chunk that the segment begins with. */
    public int firstRow() {
        return segment * geometry().segmentRows();
    }

    /** Rows of the segment, which may be cut short at the chunk's end. */
    public int segmentRows() {
        return Math.min(geometry().segmentRows(), rows().rows() - firstRow());
    }

    /** Number of keys. */
    public int count() {
        return count;
    }

    /** The keys; longer than needed. */
    public DpfKey[] keys() {
        return keys;
    }

    /** For each key its nodes at the geometry's level; longer than needed. */
    public DpfNodes[] nodes() {
        return nodes;
    }

    /** What is to be set right for some of the keys. */
    public List<Correction> corrections() {
        return corrections;
    }

    private static <T> T present(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("no batch is begun");
        }
        return value;
    }
}
