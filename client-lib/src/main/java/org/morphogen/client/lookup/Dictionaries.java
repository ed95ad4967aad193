package org.morphogen.client.lookup;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
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
 * both parties when the first lookup in the table begins, whatever it looks up and finds, and must be the same. What has
 * been read and agreed on stays, whatever happens to later reads. One read a table at a time; keeps one dictionary a
 * table. Thread-safe.
 */
final class Dictionaries {
    private final List<NodeStreams> streams;
    private final ReplicaOrder order;
    private final LookupLimits limits;
    private final Executor executor;
    private final Map<String, Reading> newest = new ConcurrentHashMap<>();
    private final Map<String, Agreed> agreed = new ConcurrentHashMap<>();

    /** What was added to a table's dictionary up to an epoch, perhaps not there yet. */
    private record Reading(SnapshotDigest snapshot, Epoch epoch, CompletableFuture<GrownDictionary> dictionary) {
        boolean isOf(SnapshotDigest wantedSnapshot, Epoch wantedEpoch) {
            return snapshot.equals(wantedSnapshot)
                    && epoch.equals(wantedEpoch)
                    && !dictionary.isCompletedExceptionally();
        }

        /** Done when it is over, however it ended. */
        CompletableFuture<Boolean> end() {
            return dictionary.handle((_, failure) -> failure == null);
        }
    }

    /** What both parties told alike at last. */
    private record Agreed(SnapshotDigest snapshot, GrownDictionary dictionary) {}

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
        PartyDictionary.Wanted wanted = new PartyDictionary.Wanted(table, entry.get(), epoch);
        return newest.compute(
                        table,
                        (_, last) -> last != null && last.isOf(snapshot, epoch)
                                ? last
                                : new Reading(snapshot, epoch, readAfter(Optional.ofNullable(last), view, wanted)))
                .dictionary()
                .thenApply(grown -> ofSnapshot.with(grown.added()));
    }

    /** Begins when the last read is over: what that brings need not be read again. */
    private CompletableFuture<GrownDictionary> readAfter(
            Optional<Reading> last, CommonView view, PartyDictionary.Wanted wanted) {
        return last.map(Reading::end)
                .orElseGet(() -> CompletableFuture.completedFuture(true))
                .thenCompose(_ -> read(view, wanted))
                .thenApply(grown -> {
                    agreed.put(wanted.table(), new Agreed(view.snapshot().digest(), grown));
                    return grown;
                });
    }

    private CompletableFuture<GrownDictionary> read(CommonView view, PartyDictionary.Wanted wanted) {
        GrownDictionary known = Optional.ofNullable(agreed.get(wanted.table()))
                .filter(last -> last.snapshot().equals(view.snapshot().digest()))
                .map(Agreed::dictionary)
                .orElseGet(() -> GrownDictionary.of(wanted.snapshot()));
        List<CompletableFuture<GrownDictionary>> read = IntStream.range(0, streams.size())
                .mapToObj(party -> new PartyDictionary(party, view.served(party), streams.get(party), order, limits))
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
