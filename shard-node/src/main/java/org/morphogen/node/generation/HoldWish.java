package org.morphogen.node.generation;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.morphogen.epoch.Epoch;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.SnapshotDigest;
import org.morphogen.transport.Endpoint;

/**
 * What the party's leader wants this node to hold of one generation.
 *
 * @param party 0 or 1
 * @param generation not negative
 * @param snapshot whose rows
 * @param base the epoch that the snapshot stands at
 * @param assignmentVersion of the assignment that this is taken from; not negative
 * @param chunks ordered, none twice; may be empty
 * @param sources coordinators that serve the snapshot, in order of preference; at most {@value #MAX_SOURCES}
 */
public record HoldWish(
        int party,
        long generation,
        SnapshotDigest snapshot,
        BaseEpoch base,
        long assignmentVersion,
        List<ChunkId> chunks,
        List<Endpoint> sources) {
    /** Most sources. */
    public static final int MAX_SOURCES = 16;

    public HoldWish {
        Set<ChunkId> ordered = new TreeSet<>(chunks);
        if (ordered.size() != chunks.size()) {
            throw new IllegalArgumentException("chunks: one is named twice");
        }
        chunks = List.copyOf(ordered);
        sources = List.copyOf(sources);
        if (party != 0 && party != 1) {
            throw new IllegalArgumentException("party: " + party + " is neither 0 nor 1");
        }
        if (generation < 0 || assignmentVersion < 0) {
            throw new IllegalArgumentException("generation and assignment_version: at most 2^63 - 1");
        }
        if (sources.size() > MAX_SOURCES) {
            throw new IllegalArgumentException(
                    "sources: " + sources.size() + " are named, " + MAX_SOURCES + " allowed");
        }
    }

    /** The epoch of the snapshot's own files. */
    Epoch baseEpoch() {
        return Epoch.base(base.epoch(), snapshot, base.block());
    }

    /** Whether both want the same rows, wherever they are to come from. */
    boolean sameChunks(HoldWish other) {
        return chunks.equals(other.chunks);
    }

    /** Whether both speak of the same matrix. */
    boolean sameMatrix(HoldWish other) {
        return snapshot.equals(other.snapshot) && base.equals(other.base);
    }
}
