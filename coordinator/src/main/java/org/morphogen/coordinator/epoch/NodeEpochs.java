package org.morphogen.coordinator.epoch;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.morphogen.coordinator.membership.NodeLink;
import org.morphogen.coordinator.placement.ReplicaRecord;
import org.morphogen.coordinator.placement.ShardRecord;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.DeltaCodec;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.ApplyStart;
import org.morphogen.protocol.v1.HeldGeneration;
import org.morphogen.protocol.v1.NodeStatus;
import org.morphogen.protocol.v1.RewindRequest;
import org.morphogen.snapshot.ChunkId;

/**
 * Which epoch each node of a generation is at, and the calls that bring it elsewhere. A node counts as at the head from
 * its own word on, until a call to it fails or it says otherwise. For one thread, but for {@link #atHead}. Nodes that are
 * elsewhere are brought to the head by threads of their own, one a node, so that they hold up nobody. One that lacks rows
 * is told which others have them, and follows meanwhile so that it can use them.
 */
final class NodeEpochs implements AutoCloseable {
    private final NodeCalls calls;
    private final Duration forStragglers;
    private final Told told = new Told();
    private final Set<String> atHead = ConcurrentHashMap.newKeySet();
    private final Map<String, Errand> errands = new HashMap<>();
    private final Recoveries recoveries;
    /** Else clients would hear at each change of leaders, and each time nodes refuse, that some are not ready. */
    private boolean awaitsAll = true;

    /** @param forStragglers how much longer than the others a node may take */
    NodeEpochs(NodeCalls calls, Duration forStragglers) {
        this.calls = calls;
        this.forStragglers = forStragglers;
        this.recoveries = new Recoveries(calls, told);
    }

    /** Nodes that can answer the head. */
    Set<String> atHead() {
        return Set.copyOf(atHead);
    }

    /** Whether the nodes at the head are those without which a generation does not move on. */
    boolean areEnough(ServedLine line) {
        return areEnough(line, atHead);
    }

    /** Which shard has lost its rows for good and what to do, or which node a staged generation waits for, and why. */
    Optional<Standstill> missing(ServedLine line) {
        return recoveries
                .lost(line, atHead())
                .map(why -> new Standstill(Trouble.ROWS_LOST, why))
                .or(() -> awaited(line).map(why -> new Standstill(Trouble.NODES_BEHIND, why)));
    }

    private Optional<String> awaited(ServedLine line) {
        return assigned(line)
                .filter(node -> line.staged() && !atHead.contains(node))
                .findFirst()
                .map(node -> "Node " + node + " is not at block "
                        + line.head().block().number() + ": " + why(node, "it is on the way."));
    }

    /** Which nodes keep those at the head from being enough, and why. */
    String refusals(ServedLine line) {
        return line.assignment().shards().stream()
                .filter(shard -> line.staged() || !hasOne(shard, atHead))
                .flatMap(shard -> shard.replicas().stream())
                .map(ReplicaRecord::nodeId)
                .filter(node -> !atHead.contains(node))
                .distinct()
                .map(node -> node + ": " + why(node, "it is at another block."))
                .collect(Collectors.joining(" "));
    }

    private String why(String node, String untold) {
        return calls.answers(node) ? told.of(node).orElse(untold) : "it does not answer.";
    }

    /** Makes all nodes at the head go back to an epoch; those that do not are no longer at the head. */
    void rewind(ServedLine line, Epoch to) throws InterruptedException {
        Round round = new Round(to, forStragglers, told);
        atHead.forEach(node -> calls.link(node).ifPresent(link -> round.add(node, rewind(link, line, to))));
        keep(round, line);
    }

    /** Gives a delta to all nodes at the head. Afterwards those that took it are; true if they are enough to move on. */
    boolean apply(ServedLine line, Delta delta) throws InterruptedException {
        Round round = new Round(delta.header().epoch(), forStragglers, told);
        atHead.forEach(node -> calls.link(node).ifPresent(link -> {
            round.add(node, apply(link, node, line, delta));
            calls.steps().reached(StepWatch.Step.DELTA_SENT);
        }));
        keep(round, line);
        boolean enough = areEnough(line);
        awaitsAll |= !enough;
        return enough;
    }

    private void keep(Round round, ServedLine line) throws InterruptedException {
        atHead.retainAll(round.await(nodes -> areEnough(line, nodes)));
        round.stragglers().forEach((node, call) -> errands.put(node, Errand.straggling(line.head(), call)));
    }

    /** Brings nodes that are elsewhere to the head; waits for them while those at the head are not enough. */
    void settle(ServedLine line, DeltaSource deltas) throws InterruptedException {
        atHead.retainAll(
                assigned(line).filter(node -> calls.link(node).isPresent()).collect(Collectors.toSet()));
        collect(line);
        assigned(line)
                .filter(node -> !errands.containsKey(node) && calls.answers(node) && needsErrand(node, line))
                .forEach(node -> calls.link(node).ifPresent(link -> begin(link, node, line, deltas)));
        while (!areEnough(line) && !errands.isEmpty()) {
            awaitOne();
            collect(line);
        }
        if (awaitsAll) {
            awaitsAll = false;
            awaitAll();
            collect(line);
        }
    }

    /** Ends what is under way. */
    @Override
    public void close() {
        errands.values().forEach(errand -> errand.stop().run());
    }

    private void begin(NodeLink link, String node, ServedLine line, DeltaSource deltas) {
        boolean look = atHead.contains(node);
        Errand.Work work = look
                ? () -> standing(link, line)
                : () -> settle(link, node, line, deltas) ? Optional.of(line.head()) : Optional.empty();
        errands.put(node, Errand.begin(node, line.head(), look, work, told));
    }

    /** A node that was restarted without its disk may have said so to whoever polls it, and to nobody else. */
    private boolean needsErrand(String node, ServedLine line) {
        return !atHead.contains(node)
                || calls.held(node, line.generation())
                        .filter(held -> held.getChunksReady() == held.getChunksWanted())
                        .filter(held -> held.getHead()
                                .getDigest()
                                .equals(DeltaCodec.bytes(line.head().digest())))
                        .isEmpty();
    }

    private void awaitOne() throws InterruptedException {
        try {
            CompletableFuture.anyOf(ends()).get();
        } catch (ExecutionException never) {
            throw new IllegalStateException(never);
        }
    }

    private void awaitAll() throws InterruptedException {
        try {
            CompletableFuture.allOf(ends()).get(forStragglers.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException slow) {
            // They are waited for no longer.
        } catch (ExecutionException never) {
            throw new IllegalStateException(never);
        }
    }

    private CompletableFuture<?>[] ends() {
        return errands.values().stream().map(Errand::end).toArray(CompletableFuture[]::new);
    }

    private void collect(ServedLine line) {
        errands.entrySet().removeIf(entry -> {
            Errand errand = entry.getValue();
            if (!errand.end().isDone()) {
                return false;
            }
            take(entry.getKey(), errand, errand.end().join(), line);
            return true;
        });
    }

    private void take(String node, Errand errand, Optional<Epoch> standing, ServedLine line) {
        if (!errand.look()) {
            if (standing.equals(Optional.of(line.head()))) {
                atHead.add(node);
                calls.steps().reached(StepWatch.Step.NODE_SETTLED);
            }
        } else if (standing.filter(epoch -> epoch.number() >= errand.from().number())
                .isEmpty()) {
            atHead.remove(node);
        }
    }

    private static boolean areEnough(ServedLine line, Set<String> nodes) {
        return line.staged()
                ? assigned(line).allMatch(nodes::contains)
                : line.assignment().shards().stream().allMatch(shard -> hasOne(shard, nodes));
    }

    private static Stream<String> assigned(ServedLine line) {
        return line.assignment().replicas().map(ReplicaRecord::nodeId).distinct();
    }

    /** Gives the delta that leads to an epoch of the window. */
    @FunctionalInterface
    interface DeltaSource {
        /** Index of the epoch in the window, at least 1. */
        Delta leadingTo(int index) throws InterruptedException;
    }

    private boolean settle(NodeLink link, String node, ServedLine line, DeltaSource deltas) {
        try {
            Optional<HeldGeneration> held = held(link, line);
            return held.isPresent() && settle(link, node, line, deltas, held.get());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        } catch (MorphogenException refused) {
            told.tell(node, refused.explain());
            return false;
        }
    }

    /** True if the node can answer the head then. */
    private boolean settle(NodeLink link, String node, ServedLine line, DeltaSource deltas, HeldGeneration held)
            throws InterruptedException {
        Optional<Epoch> standing = head(held);
        if (standing.isEmpty()) {
            if (held.getWantsReplica()) {
                recoveries.beginAnew(link, node, line, atHead(), standing);
            }
            return false;
        }
        OptionalInt index = placeInWindow(link, line, standing.get());
        if (index.isEmpty()) {
            recoveries.beginAnew(link, node, line, atHead(), standing);
            return false;
        }
        for (int next = index.getAsInt() + 1; next < line.window().size(); next++) {
            ShardRows.joined(apply(link, node, line, deltas.leadingTo(next)));
        }
        if (held.getWantsReplica()) {
            recoveries.goOn(link, node, line, atHead());
        }
        if (held.getChunksReady() < held.getChunksWanted()) {
            return false;
        }
        recoveries.done(node);
        if (index.getAsInt() < line.window().size() - 1) {
            // Standing where it stood is no sign that it takes the next delta.
            told.well(node);
        }
        return true;
    }

    private Optional<Epoch> standing(NodeLink link, ServedLine line) {
        return held(link, line)
                .filter(held -> held.getChunksReady() == held.getChunksWanted())
                .flatMap(NodeEpochs::head);
    }

    private static Optional<Epoch> head(HeldGeneration held) {
        return held.hasHead() ? Optional.of(DeltaCodec.read(held.getHead())) : Optional.empty();
    }

    private Optional<HeldGeneration> held(NodeLink link, ServedLine line) {
        NodeStatus status = ShardRows.joined(link.status(calls.term(), calls.deadline()));
        return status.getGenerationsList().stream()
                .filter(held -> held.getGeneration() == line.generation())
                .findFirst();
    }

    private OptionalInt placeInWindow(NodeLink link, ServedLine line, Epoch standing) {
        int index = line.window().indexOf(standing);
        return index >= 0 ? OptionalInt.of(index) : backToWindow(link, line, standing);
    }

    /**
     * The node has taken another way: it goes back to the newest epoch of the window that it knows. Empty if it knows
     * none.
     */
    private OptionalInt backToWindow(NodeLink link, ServedLine line, Epoch standing) {
        List<Epoch> window = line.window();
        for (int index = window.size() - 1; index >= 0; index--) {
            if (window.get(index).number() <= standing.number()) {
                try {
                    ShardRows.joined(rewind(link, line, window.get(index)));
                    return OptionalInt.of(index);
                } catch (MorphogenException other) {
                    if (other.reason() != FailureReason.EPOCH_MISMATCH) {
                        throw other;
                    }
                }
            }
        }
        return OptionalInt.empty();
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

    private static boolean hasOne(ShardRecord shard, Set<String> nodes) {
        return shard.replicas().stream().anyMatch(replica -> nodes.contains(replica.nodeId()));
    }
}
