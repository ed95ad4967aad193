package org.morphogen.coordinator.generation;

import com.google.protobuf.ByteString;
import java.util.List;
import org.morphogen.protocol.v1.ChunkRef;
import org.morphogen.protocol.v1.HeldGeneration;
import org.morphogen.protocol.v1.HoldRequest;
import org.morphogen.snapshot.ChunkId;

/**
 * What one node shall hold of one generation.
 *
 * @param record the generation
 * @param assignmentVersion of the assignment that this is taken from
 * @param chunks ascending, at least one
 */
record Wish(GenerationRecord record, long assignmentVersion, List<ChunkId> chunks) {
    /** Whether the node already works on this very wish. */
    boolean isKnown(HeldGeneration held) {
        return held.getAssignmentVersion() == assignmentVersion
                && held.getChunksWanted() == chunks.size()
                && held.getSnapshotDigest()
                        .equals(ByteString.copyFrom(record.snapshotDigest().bytes()));
    }

    /** Whether the node holds all of it. */
    boolean isMet(HeldGeneration held) {
        return isKnown(held) && held.getChunksReady() == chunks.size();
    }

    HoldRequest request(int party, long term, List<String> sources) {
        HoldRequest.Builder request = HoldRequest.newBuilder()
                .setTerm(term)
                .setParty(party)
                .setGeneration(record.generation())
                .setSnapshotDigest(ByteString.copyFrom(record.snapshotDigest().bytes()))
                .setBaseEpoch(record.base().binding())
                .setAssignmentVersion(assignmentVersion)
                .addAllSources(sources);
        for (ChunkId chunk : chunks) {
            request.addChunks(ChunkRef.newBuilder()
                    .setTable(chunk.table())
                    .setWay(chunk.way())
                    .setIndex(chunk.index()));
        }
        return request.build();
    }
}
