package org.morphogen.coordinator.epoch;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.morphogen.coordinator.membership.NodeLink;
import org.morphogen.coordinator.placement.ReplicaRecord;
import org.morphogen.coordinator.placement.ShardRecord;
import org.morphogen.epoch.DeltaCodec;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.BeginAt;
import org.morphogen.protocol.v1.HeldGeneration;
import org.morphogen.protocol.v1.RecoverRequest;
import org.morphogen.protocol.v1.RecoverResponse;

/**
 * Tells nodes that lack rows which replicas of their shard have them. A node then copies them by itself; nobody waits for
 * it, nor for its answer. Thread-safe.
 */
final class Recoveries {
    private final NodeCalls calls;
    private final Told told;
    /** Orders that a node has not answered yet. */
    private final Map<String, CompletableFuture<RecoverResponse>> asked = new ConcurrentHashMap<>();
    /** Nodes that lack rows while no replica of their shard can give them. */
    private final Map<String, String> helpless = new ConcurrentHashMap<>();

    Recoveries(NodeCalls calls, Told told) {
        this.calls = calls;
        this.told = told;
    }

    /**
     * The node's epochs do not lead to the window: it begins anew at one that a donor can answer.
     *
     * @param atHead nodes that have all their rows
     * @param found where the node stands; empty if it knows no epoch any more
     */
    void beginAnew(NodeLink link, String node, ServedLine line, Set<String> atHead, Optional<Epoch> found) {
        String standing = found.map(
                        epoch -> "stands at epoch " + epoch + ", which does not lead to this party's window")
                .orElse("has lost its epochs");
        BeginAt.Builder beginning = BeginAt.newBuilder();
        found.ifPresent(epoch -> beginning.setFoundDigest(DeltaCodec.bytes(epoch.digest())));
        recover(
                link,
                node,
                line,
                atHead,
                standing,
                donors -> RecoverRequest.newBuilder()
                        .setBeginAt(beginning.setEpoch(DeltaCodec.write(beginning(line, donors)))));
    }

    /** The node follows, and lacks rows. */
    void goOn(NodeLink link, String node, ServedLine line, Set<String> atHead) {
        recover(link, node, line, atHead, "has lost rows", donors -> RecoverRequest.newBuilder());
    }

    /** The node has all its rows. */
    void done(String node) {
        helpless.remove(node);
    }

    /** Which shard nobody can bring to the head, and what to do; empty while there is none. */
    Optional<String> lost(ServedLine line, Set<String> atHead) {
        return line.assignment().shards().stream()
                .filter(shard -> nodes(shard).stream().noneMatch(atHead::contains)
                        && nodes(shard).stream().anyMatch(helpless::containsKey)
                        && nodes(shard).stream().allMatch(node -> helpless.containsKey(node) || !calls.answers(node)))
                .findFirst()
                .map(shard -> lost(shard, line));
    }

    private String lost(ShardRecord shard, ServedLine line) {
        StringBuilder text = new StringBuilder("No node has the rows of shard " + shard.id() + " at block "
                + line.head().block().number() + ":");
        for (String node : nodes(shard)) {
            text.append(' ')
                    .append(node)
                    .append(' ')
                    .append(calls.answers(node) ? helpless.getOrDefault(node, "is loading") : "does not answer")
                    .append(';');
        }
        text.setCharAt(text.length() - 1, '.');
        return text.append(" Start those that do not answer; if no node has the rows on its disk, publish the snapshot"
                        + " again with 'morphogen admin publish --again'.")
                .toString();
    }

    /** What is to be said once it is known who gives. */
    @FunctionalInterface
    private interface Order {
        RecoverRequest.Builder to(List<String> donors);
    }

    private void recover(NodeLink link, String node, ServedLine line, Set<String> atHead, String lacks, Order order) {
        List<String> donors = donors(node, line, atHead);
        if (donors.isEmpty()) {
            helpless.put(node, lacks);
            told.tell(node, "It " + lacks + ", and no other replica that is at the head can give it its rows.");
            return;
        }
        helpless.remove(node);
        CompletableFuture<RecoverResponse> underWay = asked.get(node);
        if (underWay != null && !underWay.isDone()) {
            return;
        }
        told.tell(node, "It " + lacks + "; it takes its rows from " + String.join(" or ", donors) + ".");
        RecoverRequest request = order.to(donors)
                .setTerm(calls.term())
                .setParty(calls.party())
                .setGeneration(line.generation())
                .addAllDonors(donors.stream()
                        .flatMap(donor -> calls.link(donor).stream())
                        .map(NodeLink::endpoint)
                        .toList())
                .build();
        CompletableFuture<RecoverResponse> answer = link.recover(request, calls.deadline());
        asked.put(node, answer);
        var _ = answer.whenComplete((done, failed) -> refused(node, failed));
    }

    private void refused(String node, @Nullable Throwable failed) {
        Throwable cause = failed instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failed;
        // A node that has moved on meanwhile, or is just starting, is asked again.
        if (cause instanceof MorphogenException refusal
                && refusal.reason() != FailureReason.EPOCH_MISMATCH
                && refusal.reason() != FailureReason.NOT_SERVING) {
            told.tell("recovery of " + node, refusal.explain());
        }
    }

    /** Other nodes of the node's shard that have all rows. */
    private List<String> donors(String node, ServedLine line, Set<String> atHead) {
        return line.assignment()
                .shardOf(node)
                .map(shard -> nodes(shard).stream()
                        .filter(other -> !other.equals(node) && atHead.contains(other) && calls.answers(other))
                        .filter(other -> calls.link(other).isPresent())
                        .toList())
                .orElse(List.of());
    }

    /**
     * From the middle of what a donor says it can answer: it should still know the epoch when it is asked, and while rows
     * are on their way the window moves on.
     */
    private Epoch beginning(ServedLine line, List<String> donors) {
        long known = donors.stream()
                .flatMap(donor -> calls.held(donor, line.generation()).stream())
                .filter(HeldGeneration::hasOldest)
                .mapToLong(held -> held.getOldest().getEpoch())
                .min()
                .orElse(0);
        List<Epoch> answered =
                line.window().stream().filter(epoch -> epoch.number() >= known).toList();
        return answered.isEmpty() ? line.head() : answered.get((answered.size() - 1) / 2);
    }

    private static List<String> nodes(ShardRecord shard) {
        return shard.replicas().stream().map(ReplicaRecord::nodeId).toList();
    }
}
