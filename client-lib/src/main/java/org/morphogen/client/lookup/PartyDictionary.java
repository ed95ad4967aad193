package org.morphogen.client.lookup;

import com.google.protobuf.ByteString;
import io.grpc.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.morphogen.client.connection.NodeStreams;
import org.morphogen.client.view.Served;
import org.morphogen.client.view.ShardReplica;
import org.morphogen.epoch.DictionaryCatchUp;
import org.morphogen.epoch.DictionaryPage;
import org.morphogen.epoch.Epoch;
import org.morphogen.epoch.GrownDictionary;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.DictionaryRequest;
import org.morphogen.row.Bytes32;
import org.morphogen.snapshot.DictionaryEntry;

/**
 * What one party tells of a dictionary. Each of its nodes has all of it; a few are asked, one after the other, until one
 * tells. Used by one thread, which may block.
 */
record PartyDictionary(int party, Served served, NodeStreams streams, ReplicaOrder order, LookupLimits limits) {
    /**
     * Requests begin at each so-many-th added code hash, so that what is asked for does not tell when this client asked
     * last. What it has already comes again: 32 KiB at most.
     */
    private static final int STEP = 1024;

    /** Of all nodes, one after the other; for each page they together have the time of a lookup. */
    private static final Duration LONGEST_READ = Duration.ofMinutes(5);

    /** A table's dictionary at an epoch. */
    record Wanted(String table, DictionaryEntry snapshot, Epoch epoch) {}

    /**
     * The dictionary at the wanted epoch. Fails as the last node did.
     *
     * @param known at any epoch of the same snapshot
     */
    GrownDictionary read(Wanted wanted, GrownDictionary known) {
        Optional<MorphogenException> failure = Optional.empty();
        List<ShardReplica> replicas = replicas();
        Deadline end = after(LONGEST_READ);
        Duration ofPage = limits.deadline().dividedBy(Math.max(1, replicas.size()));
        for (int attempt = 0; attempt < replicas.size(); attempt++) {
            ShardReplica replica = replicas.get(attempt);
            try {
                return DictionaryCatchUp.read(
                        wanted.snapshot(),
                        known,
                        first -> pageFrom(
                                first,
                                wanted,
                                from -> page(replica, request(wanted, from), end.minimum(after(ofPage)))));
            } catch (MorphogenException failed) {
                if (!isOfEpoch(failed)) {
                    streams.noteFailure(replica.endpoint());
                }
                failure = Optional.of(failed);
            } catch (IllegalArgumentException wrong) {
                failure = Optional.of(misbehaves(wrong));
            }
        }
        throw failure.orElseGet(() ->
                new MorphogenException(FailureReason.UNAVAILABLE, "Party " + party + " has no node that is ready."));
    }

    /** A long read may end after its epoch has left the window: that is no fault of the node's. */
    private static boolean isOfEpoch(MorphogenException failed) {
        return failed.reason() == FailureReason.EPOCH_OUTSIDE_WINDOW || failed.reason() == FailureReason.EPOCH_REPLACED;
    }

    private static DictionaryPage pageFrom(int first, Wanted wanted, DictionaryCatchUp.Pages pages) {
        int known = (first - wanted.snapshot().entries()) % STEP;
        DictionaryPage page = pages.from(first - known);
        List<Bytes32> hashes = page.codeHashes();
        return new DictionaryPage(
                page.entries(), page.digest(), hashes.subList(Math.min(known, hashes.size()), hashes.size()));
    }

    private List<ShardReplica> replicas() {
        List<ShardReplica> all = new ArrayList<>(order.order(served.shards().stream()
                .flatMap(shard -> shard.replicas().stream())
                .filter(ShardReplica::ready)
                .toList()));
        List<ShardReplica> doubtful = all.stream()
                .filter(replica -> streams.failedLately(replica.endpoint()))
                .toList();
        all.removeAll(doubtful);
        all.addAll(doubtful);
        return all.subList(0, Math.min(all.size(), limits.maxAttempts()));
    }

    private DictionaryRequest request(Wanted wanted, int first) {
        return DictionaryRequest.newBuilder()
                .setGeneration(served.generation())
                .setEpoch(wanted.epoch().number())
                .setEpochMark(ByteString.copyFrom(wanted.epoch().mark()))
                .setTable(wanted.table())
                .setFirst(first)
                .build();
    }

    private DictionaryPage page(ShardReplica replica, DictionaryRequest request, Deadline until) {
        try {
            return DictionaryPage.read(
                    streams.readDictionary(replica.endpoint(), request, until).join());
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof MorphogenException told
                    ? told
                    : new MorphogenException(
                            FailureReason.INTERNAL,
                            "Party " + party + ": reading a dictionary broke off.",
                            Map.of(),
                            failed.getCause());
        }
    }

    private static Deadline after(Duration time) {
        return Deadline.after(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    private MorphogenException misbehaves(IllegalArgumentException wrong) {
        return new MorphogenException(
                FailureReason.PARTY_MISBEHAVES,
                "Party " + party + " told a dictionary that contradicts itself: " + wrong.getMessage() + ".",
                Map.of("party", Integer.toString(party)));
    }
}
