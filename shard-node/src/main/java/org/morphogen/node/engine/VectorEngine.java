package org.morphogen.node.engine;

/**
 * Vectors through the Vector API. Loads only where module jdk.incubator.vector is there; whoever makes one looks
 * first.
 */
public final class VectorEngine implements HostEngine {
    private final int vectorBytes;
    private final boolean lookups;

    /** As wide as this machine's vectors are. */
    public VectorEngine() {
        this(VectorHardware.detect().vectorBytes());
    }

    /**
     * In vectors of that width. Lookups in tables of 64 bytes come with 64 only, and only where the machine has them as
     * one instruction.
     *
     * @param vectorBytes 64, 32 or 16, no more than the machine has
     */
    public VectorEngine(int vectorBytes) {
        this(vectorBytes, vectorBytes == 64 && VectorHardware.detect().bytePermute());
    }

    VectorEngine(int vectorBytes, boolean lookups) {
        this.vectorBytes = vectorBytes;
        this.lookups = lookups;
    }

    @Override
    public String name() {
        return "vector";
    }

    @Override
    public ScanKernel newKernel() {
        return new VectorKernel(KeySweep.of(vectorBytes), lookups);
    }

    /** Whether batches are looked up in tables. */
    boolean hasLookups() {
        return lookups;
    }

    /** For tests and logs: the width and whether there are lookups. */
    @Override
    public String toString() {
        return "vector, " + vectorBytes + " bytes" + (lookups ? " with lookups" : "");
    }
}
