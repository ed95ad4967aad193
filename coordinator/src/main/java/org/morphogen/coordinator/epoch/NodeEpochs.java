package org.morphogen.coordinator.epoch;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.morphogen.coordinator.membership.NodeLink;
import org.morphogen.coordinator.placement.ReplicaRecord;
import org.morphogen.coordinator.placement.ShardRecord;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.DeltaCodec;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.ApplyStart;
import org.morphogen.protocol.v1.NodeStatus;
import org.morphogen.protocol.v1.RewindRequest;
import org.morphogen.snapshot.ChunkId;

/**
 * Which epoch each node of a generation is at, and the calls that bring it elsewhere. A node counts as at the head from
 * its own word on until a call to it fails. Not thread-safe.
 */
final class NodeEpochs {
    private final NodeCalls calls;
    private final Told told = new Told();
    private final Set<String> atHead = new HashSet<>();

    NodeEpochs(NodeCalls calls) {
        this.calls = calls;
    }

    /** Nodes that can answer the head. */
    Set<String> atHead() {
        return Set.copyOf(atHead);
    }

    /** Whether every shard has a node that can answer the head. */
    boolean everyShardIsAtHead(ServedLine line) {
        return line.assignment().shards().stream().allMatch(shard -> hasOne(shard, atHead));
    }

    /** Makes all nodes at the head go back to an epoch; those that do not are no longer at the head. */
    void rewind(ServedLine line, Epoch to) {
        Map<String, CompletableFuture<Epoch>> answers = new HashMap<>();
        atHead.forEach(node -> calls.link(node).ifPresent(link -> answers.put(node, rewind(link, line, to))));
        keepThose(answers, to);
    }

    /**
     * Gives a delta to all nodes at the head. Afterwards those that took it are; true if they are enough for every shard.
     */
    boolean apply(ServedLine line, Delta delta) {
        Epoch next = delta.header().epoch();
        Map<String, CompletableFuture<Epoch>> answers = new HashMap<>();
        atHead.forEach(node -> calls.link(node).ifPresent(link -> answers.put(node, apply(link, node, line, delta))));
        keepThose(answers, next);
        return everyShardIsAtHead(line);
    }

    /** Brings nodes that are elsewhere to the head. */
    void settle(ServedLine line, DeltaSource deltas) {
        Set<String> assigned =
                line.assignment().replicas().map(ReplicaRecord::nodeId).collect(Collectors.toSet());
        atHead.retainAll(assigned);
        for (String node : assigned) {
            Optional<NodeLink> link = calls.link(node);
            boolean callable = link.isPresent() && calls.answers(node);
            if (callable && !atHead.contains(node) && settle(link.get(), node, line, deltas)) {
                atHead.add(node);
            }
        }
    }

    /** Gives the delta that leads to an epoch of the window. */
    @FunctionalInterface
    interface DeltaSource {
        /** Index of the epoch in the window, at least 1. */
        Delta leadingTo(int index) throws InterruptedException;
    }

    private boolean settle(NodeLink link, String node, ServedLine line, DeltaSource deltas) {
        try {
            Optional<Epoch> standing = standing(link, line);
            if (standing.isEmpty()) {
                return false;
            }
            int index = line.window().indexOf(standing.get());
            if (index < 0) {
                index = backToWindow(link, line, standing.get());
            }
            for (int next = index + 1; next < line.window().size(); next++) {
                ShardRows.joined(apply(link, node, line, deltas.leadingTo(next)));
            }
            told.well(node);
            return true;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        } catch (MorphogenException refused) {
            told.tell(node, refused.explain());
            return false;
        }
    }

    private Optional<Epoch> standing(NodeLink link, ServedLine line) {
        NodeStatus status = ShardRows.joined(link.status(calls.term(), calls.deadline()));
        return status.getGenerationsList().stream()
                .filter(held -> held.getGeneration() == line.generation()
                        && held.hasHead()
                        && held.getChunksReady() == held.getChunksWanted())
                .map(held -> DeltaCodec.read(held.getHead()))
                .findFirst();
    }

    /** The node has taken another way: it goes back to the newest epoch of the window that it knows. */
    private int backToWindow(NodeLink link, ServedLine line, Epoch standing) {
        List<Epoch> window = line.window();
        for (int index = window.size() - 1; index >= 0; index--) {
            if (window.get(index).number() <= standing.number()) {
                try {
                    ShardRows.joined(rewind(link, line, window.get(index)));
                    return index;
                } catch (MorphogenException other) {
                    if (other.reason() != FailureReason.EPOCH_MISMATCH) {
                        throw other;
                    }
                }
            }
        }
        throw new MorphogenException(
                FailureReason.EPOCH_MISMATCH,
                "It stands at epoch " + standing + ", which does not lead to this party's window. Publish the"
                        + " snapshot again with 'morphogen admin publish --again'.");
    }

    private CompletableFuture<Epoch> apply(NodeLink link, String node, ServedLine line, Delta delta) {
        Set<ChunkId> chunks = line.assignment()
                .shardOf(node)
                .map(shard -> Set.copyOf(shard.chunks()))
                .orElse(Set.of());
        ApplyStart start = ApplyStart.newBuilder()
                .setTerm(calls.term())
                .setParty(calls.party())
                .setGeneration(line.generation())
                .setHeader(DeltaCodec.write(delta.header()))
                .build();
        return link.apply(start, delta.only(chunks), calls.deadline());
    }

    private CompletableFuture<Epoch> rewind(NodeLink link, ServedLine line, Epoch to) {
        return link.rewind(
                RewindRequest.newBuilder()
                        .setTerm(calls.term())
                        .setParty(calls.party())
                        .setGeneration(line.generation())
                        .setDigest(DeltaCodec.bytes(to.digest()))
                        .build(),
                calls.deadline());
    }

    private void keepThose(Map<String, CompletableFuture<Epoch>> answers, Epoch wanted) {
        atHead.clear();
        answers.forEach((node, answer) -> {
            try {
                if (ShardRows.joined(answer).equals(wanted)) {
                    atHead.add(node);
                }
            } catch (MorphogenException refused) {
                told.tell(node, refused.explain());
            }
        });
    }

    private static boolean hasOne(ShardRecord shard, Set<String> nodes) {
        return shard.replicas().stream().anyMatch(replica -> nodes.contains(replica.nodeId()));
    }
}
