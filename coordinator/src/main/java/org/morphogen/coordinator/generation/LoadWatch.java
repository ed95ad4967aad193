package org.morphogen.coordinator.generation;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.morphogen.coordinator.membership.NodeSighting;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.HeldGeneration;

/**
 * Watches nodes load one generation: counts chunks, and decides when waiting is no use. A node may be away, or have a
 * problem, for a while; only one that stays so fails the generation. Not thread-safe.
 */
final class LoadWatch {
    private final long generation;
    private final LeaderTimings timings;
    private final BiFunction<String, Long, Optional<String>> refusal;
    private final Map<String, Trouble> troubles = new HashMap<>();
    private final long beganNanos;

    /** @param refusal tells why a node refused to load a generation, if it did */
    LoadWatch(
            long generation,
            LeaderTimings timings,
            BiFunction<String, Long, Optional<String>> refusal,
            long beganNanos) {
        this.generation = generation;
        this.timings = timings;
        this.refusal = refusal;
        this.beganNanos = beganNanos;
    }

    /** How far loading is; throws UNAVAILABLE or DEADLINE_PASSED when it is of no use to wait longer. */
    Load look(Situation now) {
        int wanted = 0;
        int ready = 0;
        for (Map.Entry<String, Wish> entry :
                now.wishes().forGeneration(generation).entrySet()) {
            Optional<HeldGeneration> held = held(now, entry.getKey()).filter(entry.getValue()::isKnown);
            int nodeReady = held.map(HeldGeneration::getChunksReady)
                    .map(told -> Math.clamp(told, 0, entry.getValue().chunks().size()))
                    .orElse(0);
            wanted += entry.getValue().chunks().size();
            ready += nodeReady;
            if (nodeReady < entry.getValue().chunks().size()) {
                requirePatience(now, entry.getKey());
            } else {
                troubles.remove(entry.getKey());
            }
        }
        if (ready < wanted && now.nanos() - beganNanos > timings.loadTimeout().toNanos()) {
            throw new MorphogenException(
                    FailureReason.DEADLINE_PASSED,
                    "Generation %d was not loaded within %d s: %d of %d chunks are ready."
                            .formatted(generation, timings.loadTimeout().toSeconds(), ready, wanted));
        }
        return new Load(ready, wanted);
    }

    /** What holds a node up at the moment; for the progress note. */
    Optional<String> note() {
        return troubles.entrySet().stream()
                .map(entry -> "node " + entry.getKey() + " " + entry.getValue().what())
                .findFirst();
    }

    private void requirePatience(Situation now, String nodeId) {
        Optional<Trouble> trouble = trouble(now, nodeId);
        if (trouble.isEmpty()) {
            troubles.remove(nodeId);
            return;
        }
        Trouble lasting = troubles.merge(nodeId, trouble.get(), Trouble::continuedBy);
        if (now.nanos() - lasting.sinceNanos() > lasting.patience().toNanos()) {
            throw new MorphogenException(
                    FailureReason.UNAVAILABLE,
                    "Generation %d cannot be loaded: node %s %s."
                            .formatted(generation, nodeId, stripped(lasting.what())));
        }
    }

    private Optional<Trouble> trouble(Situation now, String nodeId) {
        NodeSighting sighting = now.sightings().get(nodeId);
        if (sighting == null) {
            return Optional.of(new Trouble("is gone from ZooKeeper", timings.awayPatience(), now.nanos()));
        }
        if (sighting.status().isEmpty() && sighting.polled()) {
            return Optional.of(
                    new Trouble("does not answer (" + sighting.problem() + ")", timings.awayPatience(), now.nanos()));
        }
        return sighting.held(generation)
                .map(HeldGeneration::getProblem)
                .filter(problem -> !problem.isEmpty())
                .or(() -> refusal.apply(nodeId, generation))
                .map(problem -> new Trouble("reports: " + problem, timings.problemPatience(), now.nanos()));
    }

    private Optional<HeldGeneration> held(Situation now, String nodeId) {
        return Optional.ofNullable(now.sightings().get(nodeId)).flatMap(sighting -> sighting.held(generation));
    }

    private static String stripped(String sentence) {
        return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }

    /** Chunk replicas ready and wanted, over all nodes. */
    record Load(int ready, int wanted) {
        boolean complete() {
            return ready == wanted;
        }
    }

    private record Trouble(String what, Duration patience, long sinceNanos) {
        /** The same kind of trouble goes on; another kind begins anew. */
        Trouble continuedBy(Trouble next) {
            return next.patience().equals(patience) ? new Trouble(next.what(), patience, sinceNanos) : next;
        }
    }
}
