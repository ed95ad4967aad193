package org.morphogen.coordinator.admin;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.morphogen.coordinator.generation.EpochRecord;
import org.morphogen.coordinator.generation.GenerationRecord;
import org.morphogen.coordinator.generation.LineRecord;
import org.morphogen.coordinator.generation.PublicationPhase;
import org.morphogen.coordinator.membership.NodeSighting;
import org.morphogen.coordinator.placement.AssignmentRecord;
import org.morphogen.coordinator.placement.ShardRecord;
import org.morphogen.protocol.v1.HeldGeneration;
import org.morphogen.protocol.v1.StagedGeneration;

/**
 * How far a generation is that is being published, as the books and the nodes tell any coordinator.
 *
 * @param assignment empty until it is placed
 * @param line empty until it catches up with the chain
 */
record StagedReport(
        GenerationRecord record,
        Optional<AssignmentRecord> assignment,
        Optional<LineRecord> line,
        Map<String, NodeSighting> sightings) {

    StagedGeneration message() {
        StagedGeneration.Builder staged = StagedGeneration.newBuilder()
                .setGeneration(record.generation())
                .setSnapshot(record.snapshot())
                .setPhase(phase().name());
        for (ShardRecord shard : assignment.map(AssignmentRecord::shards).orElse(List.of())) {
            int chunks = shard.chunks().size();
            shard.replicas()
                    .forEach(replica -> staged.setChunksWanted(staged.getChunksWanted() + chunks)
                            .setChunksReady(staged.getChunksReady() + Math.min(chunks, ready(replica.nodeId()))));
        }
        line.map(LineRecord::head).map(EpochRecord::binding).ifPresent(staged::setHead);
        return staged.setStalled(line.map(LineRecord::stalled).orElse("")).build();
    }

    private PublicationPhase phase() {
        if (line.isPresent()) {
            return PublicationPhase.CATCHING_UP;
        }
        return assignment.isPresent() ? PublicationPhase.LOADING : PublicationPhase.VERIFYING;
    }

    private int ready(String nodeId) {
        return Optional.ofNullable(sightings.get(nodeId))
                .flatMap(sighting -> sighting.held(record.generation()))
                .map(HeldGeneration::getChunksReady)
                .orElse(0);
    }
}
