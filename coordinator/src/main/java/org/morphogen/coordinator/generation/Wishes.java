package org.morphogen.coordinator.generation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.morphogen.coordinator.membership.NodeSighting;
import org.morphogen.coordinator.placement.AssignmentRecord;
import org.morphogen.protocol.v1.HeldGeneration;
import org.morphogen.snapshot.ChunkId;

/** What all nodes shall hold, and how that differs from what they say they hold. Immutable. */
final class Wishes {
    private final Map<String, List<Wish>> byNode;

    private Wishes(Map<String, List<Wish>> byNode) {
        this.byNode = byNode;
    }

    /** Taken from the leader's books. */
    static Wishes of(Ledger ledger) {
        Map<String, List<Wish>> byNode = new HashMap<>();
        for (GenerationRecord record : ledger.wanted()) {
            AssignmentRecord assignment = ledger.assignment(record.generation()).orElseThrow();
            assignment.shards().forEach(shard -> {
                List<ChunkId> chunks = shard.chunks();
                Wish wish = new Wish(record, assignment.version(), chunks);
                shard.replicas()
                        .forEach(replica -> byNode.computeIfAbsent(replica.nodeId(), _ -> new ArrayList<>())
                                .add(wish));
            });
        }
        return new Wishes(byNode);
    }

    /** What one node shall hold. */
    List<Wish> forNode(String nodeId) {
        return byNode.getOrDefault(nodeId, List.of());
    }

    /** The nodes that shall hold something of a generation, each with its wish. */
    Map<String, Wish> forGeneration(long generation) {
        Map<String, Wish> wishes = new HashMap<>();
        byNode.forEach((nodeId, all) -> all.stream()
                .filter(wish -> wish.record().generation() == generation)
                .forEach(wish -> wishes.put(nodeId, wish)));
        return wishes;
    }

    /** The nodes that hold all they shall of a generation. */
    Set<String> met(long generation, Map<String, NodeSighting> sightings) {
        Set<String> met = new HashSet<>();
        forGeneration(generation).forEach((nodeId, wish) -> {
            NodeSighting sighting = sightings.get(nodeId);
            if (sighting != null
                    && sighting.held(generation).filter(wish::isMet).isPresent()) {
                met.add(nodeId);
            }
        });
        return met;
    }

    /** Generations that a node holds and nobody wants of it. */
    List<Long> unwanted(NodeSighting sighting) {
        List<Wish> wanted = forNode(sighting.registration().nodeId());
        return sighting.status().stream()
                .flatMap(status -> status.getGenerationsList().stream())
                .map(HeldGeneration::getGeneration)
                .filter(held -> wanted.stream().noneMatch(wish -> wish.record().generation() == held))
                .toList();
    }
}
