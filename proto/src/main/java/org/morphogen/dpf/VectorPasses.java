package org.morphogen.dpf;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * As many nodes at a time as a vector holds, two lanes a node; what does not fill a vector is left to
 * {@link ScalarPasses}. The control masks of a few nodes behind those asked for are overwritten. Loads only with the
 * module jdk.incubator.vector.
 */
record VectorPasses() implements TreePasses {
    // Constants, since the JVM compiles vectors well only of a species that it knows.
    private static final VectorSpecies<Long> LANES = LongVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_PREFERRED;
    /** Of a vector's masks, a byte for each lane; with vectors of 32 bytes the upper half goes unused. */
    private static final VectorSpecies<Byte> MASKS = ByteVector.SPECIES_64;

    private static final int LEAST_LANES = 4;
    private static final int NODES = LANES.length() / DpfNodes.NODE_WORDS;

    private static final LongVector FIRST_CHILDREN_LOW = childLanes(0, 0);
    private static final LongVector FIRST_CHILDREN_HIGH = childLanes(0, 1);
    private static final LongVector LAST_CHILDREN_LOW = childLanes(NODES, 0);
    private static final LongVector LAST_CHILDREN_HIGH = childLanes(NODES, 1);
    /** What of the low words enters the high lanes of sigma: all but the control bit. */
    private static final LongVector SEED_BITS = alternating(0, ~1L);

    private static final TreePasses REST = new ScalarPasses();

    /**
     * Whether this machine's vectors suit: with one node to a vector scalar passes are as fast, and of wider ones than
     * there are masks for the upper half would go wrong.
     */
    static boolean pay() {
        return LANES.length() >= LEAST_LANES && LANES.length() <= MASKS.length();
    }

    @Override
    public void children(
            DpfKey.Correction correction,
            DpfNodes parents,
            int slot,
            int count,
            byte[] lefts,
            byte[] rights,
            int hashAt,
            DpfNodes children,
            int childSlot) {
        int whole = count - count % NODES;
        if (whole > 0) {
            LongVector left =
                    alternating(correction.lowLeft(), correction.seed().high());
            LongVector right =
                    alternating(correction.lowRight(), correction.seed().high());
            wholeVectors(left, right, parents, slot, whole, lefts, rights, hashAt, children, childSlot);
        }
        if (whole < count) {
            int hashed = hashAt + whole * DpfNodes.NODE_BYTES;
            REST.children(
                    correction,
                    parents,
                    slot + whole,
                    count - whole,
                    lefts,
                    rights,
                    hashed,
                    children,
                    childSlot + 2 * whole);
        }
    }

    private static void wholeVectors(
            LongVector leftCorrection,
            LongVector rightCorrection,
            DpfNodes parents,
            int slot,
            int count,
            byte[] lefts,
            byte[] rights,
            int hashAt,
            DpfNodes children,
            int childSlot) {
        byte[] seeds = parents.seeds;
        byte[] masks = parents.controlMasks;
        byte[] childSeeds = children.seeds;
        byte[] childMasks = children.controlMasks;
        for (int i = 0; i < count; i += NODES) {
            LongVector mask = loadMasks(masks, slot + i);
            LongVector seed = load(seeds, DpfNodes.NODE_BYTES * (slot + i));
            int hash = hashAt + DpfNodes.NODE_BYTES * i;
            LongVector left = load(lefts, hash)
                    .lanewise(VectorOperators.XOR, seed)
                    .lanewise(VectorOperators.XOR, leftCorrection.and(mask));
            LongVector right = load(rights, hash)
                    .lanewise(VectorOperators.XOR, seed)
                    .lanewise(VectorOperators.XOR, rightCorrection.and(mask));
            int to = childSlot + 2 * i;
            LongVector low = FIRST_CHILDREN_LOW.selectFrom(left, right);
            LongVector high = FIRST_CHILDREN_HIGH.selectFrom(left, right);
            store(low, high, childSeeds, childMasks, to);
            LongVector lastLow = LAST_CHILDREN_LOW.selectFrom(left, right);
            LongVector lastHigh = LAST_CHILDREN_HIGH.selectFrom(left, right);
            store(lastLow, lastHigh, childSeeds, childMasks, to + NODES);
        }
    }

    /** Takes the control bits out of the corrected hashes, both words of which are there twice; stores sigma of them. */
    private static void store(LongVector low, LongVector high, byte[] seeds, byte[] masks, int slot) {
        ByteVector controls = (ByteVector) low.and(1).neg().castShape(MASKS, 0);
        controls.intoArray(masks, DpfNodes.NODE_WORDS * slot);
        high.lanewise(VectorOperators.XOR, low.and(SEED_BITS))
                .reinterpretAsBytes()
                .intoArray(seeds, DpfNodes.NODE_BYTES * slot);
    }

    @Override
    public void leaves(
            Block valueCorrection,
            DpfNodes nodes,
            int slot,
            int count,
            byte[] hashes,
            int hashAt,
            byte[] out,
            int outAt) {
        int whole = count - count % NODES;
        LongVector correction = alternating(valueCorrection.low(), valueCorrection.high());
        byte[] seeds = nodes.seeds;
        byte[] masks = nodes.controlMasks;
        for (int i = 0; i < whole; i += NODES) {
            LongVector mask = loadMasks(masks, slot + i);
            load(hashes, hashAt + DpfNodes.NODE_BYTES * i)
                    .lanewise(VectorOperators.XOR, load(seeds, DpfNodes.NODE_BYTES * (slot + i)))
                    .lanewise(VectorOperators.XOR, correction.and(mask))
                    .reinterpretAsBytes()
                    .intoArray(out, outAt + DpfNodes.NODE_BYTES * i);
        }
        if (whole < count) {
            int done = whole * DpfNodes.NODE_BYTES;
            REST.leaves(valueCorrection, nodes, slot + whole, count - whole, hashes, hashAt + done, out, outAt + done);
        }
    }

    private static LongVector loadMasks(byte[] masks, int slot) {
        return (LongVector)
                ByteVector.fromArray(MASKS, masks, DpfNodes.NODE_WORDS * slot).castShape(LANES, 0);
    }

    private static LongVector load(byte[] from, int at) {
        return ByteVector.fromArray(BYTES, from, at).reinterpretAsLongs();
    }

    private static LongVector alternating(long low, long high) {
        VectorMask<Long> highLanes =
                VectorMask.fromLong(LANES, 0xAAAA_AAAA_AAAA_AAAAL >>> (Long.SIZE - LANES.length()));
        return LongVector.broadcast(LANES, low).blend(high, highLanes);
    }

    /**
     * Which lanes of left hashes, then right hashes, give one word, twice, of the children from child {@code first} on:
     * child c is of parent c / 2, on the left if c is even.
     */
    private static LongVector childLanes(int first, int word) {
        long[] lanes = new long[LANES.length()];
        for (int lane = 0; lane < lanes.length; lane++) {
            int child = first + lane / DpfNodes.NODE_WORDS;
            int side = child % 2;
            lanes[lane] = side * (long) lanes.length + (long) DpfNodes.NODE_WORDS * (child / 2) + word;
        }
        return LongVector.fromArray(LANES, lanes, 0);
    }
}
