package org.morphogen.client.lookup;

import io.grpc.Deadline;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.morphogen.client.connection.NodeStreams;
import org.morphogen.client.view.BlockChoice;
import org.morphogen.client.view.CommonView;
import org.morphogen.epoch.Epoch;
import org.morphogen.epoch.GrownDictionary;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.CodeDictionary;
import org.morphogen.snapshot.DictionaryEntry;
import org.morphogen.snapshot.SnapshotDigest;

/**
 * The dictionaries of code hashes with all that blocks have added. For every newest epoch all that is new is read from
 * both parties when the first lookup in the table begins, whatever it looks up and finds, and must be the same. Keeps
 * one dictionary a table. Thread-safe.
 */
final class Dictionaries {
    private final List<NodeStreams> streams;
    private final ReplicaOrder order;
    private final LookupLimits limits;
    private final Executor executor;
    private final Map<String, Grown> newest = new ConcurrentHashMap<>();

    /** What was added to a table's dictionary up to an epoch, perhaps not there yet. */
    private record Grown(SnapshotDigest snapshot, Epoch epoch, CompletableFuture<GrownDictionary> dictionary) {
        boolean isOf(SnapshotDigest wantedSnapshot, Epoch wantedEpoch) {
            return snapshot.equals(wantedSnapshot)
                    && epoch.equals(wantedEpoch)
                    && !dictionary.isCompletedExceptionally();
        }

        /** What can be built upon. */
        Optional<GrownDictionary> usefulFor(SnapshotDigest wantedSnapshot) {
            return snapshot.equals(wantedSnapshot) && dictionary.isDone() && !dictionary.isCompletedExceptionally()
                    ? Optional.of(dictionary.join())
                    : Optional.empty();
        }
    }

    Dictionaries(List<NodeStreams> streams, ReplicaOrder order, LookupLimits limits, Executor executor) {
        this.streams = List.copyOf(streams);
        this.order = order;
        this.limits = limits;
        this.executor = executor;
    }

    /**
     * The dictionary for rows of any epoch that can be asked for; does not block. The future fails with PARTIES_DISAGREE,
     * PARTY_MISBEHAVES, or the reason why a party did not tell.
     */
    CompletableFuture<CodeDictionary> of(CommonView view, String table) {
        CodeDictionary ofSnapshot = view.snapshot().dictionary(table);
        Optional<DictionaryEntry> entry = view.snapshot().table(table).dictionary();
        Epoch epoch = view.epoch(BlockChoice.LATEST);
        if (entry.isEmpty() || epoch.equals(view.served(0).base())) {
            return CompletableFuture.completedFuture(ofSnapshot);
        }
        SnapshotDigest snapshot = view.snapshot().digest();
        return newest.compute(
                        table,
                        (_, last) -> last != null && last.isOf(snapshot, epoch)
                                ? last
                                : new Grown(
                                        snapshot,
                                        epoch,
                                        read(
                                                view,
                                                new PartyDictionary.Wanted(table, entry.get(), epoch),
                                                Optional.ofNullable(last)
                                                        .flatMap(grown -> grown.usefulFor(snapshot))
                                                        .orElseGet(() -> GrownDictionary.of(entry.get())))))
                .dictionary()
                .thenApply(grown -> ofSnapshot.with(grown.added()));
    }

    private CompletableFuture<GrownDictionary> read(
            CommonView view, PartyDictionary.Wanted wanted, GrownDictionary known) {
        Deadline deadline = Deadline.after(limits.deadline().toNanos(), TimeUnit.NANOSECONDS);
        List<CompletableFuture<GrownDictionary>> read = IntStream.range(0, streams.size())
                .mapToObj(party -> new PartyDictionary(
                        party, view.served(party), streams.get(party), order, limits.maxAttempts(), deadline))
                .map(party -> CompletableFuture.supplyAsync(() -> party.read(wanted, known), executor))
                .toList();
        return read.get(0).thenCombine(read.get(1), (zero, one) -> same(wanted, zero, one));
    }

    private static GrownDictionary same(PartyDictionary.Wanted wanted, GrownDictionary zero, GrownDictionary one) {
        if (!zero.equals(one)) {
            throw new MorphogenException(
                    FailureReason.PARTIES_DISAGREE,
                    "The two parties do not have the same dictionary of table " + wanted.table() + " at epoch "
                            + wanted.epoch().number() + " (party 0: " + zero + "; party 1: " + one + ").");
        }
        return zero;
    }
}
