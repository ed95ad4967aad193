package org.morphogen.client.lookup;

import com.google.protobuf.ByteString;
import io.grpc.Deadline;
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
import org.morphogen.snapshot.DictionaryEntry;

/**
 * What one party tells of a dictionary. Each of its nodes has all of it; a few are asked, one after the other, until one
 * tells. Used by one thread, which may block.
 */
record PartyDictionary(
        int party, Served served, NodeStreams streams, ReplicaOrder order, int maxAttempts, Deadline deadline) {
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
        for (int attempt = 0; attempt < replicas.size(); attempt++) {
            ShardReplica replica = replicas.get(attempt);
            Deadline share = Deadline.after(
                    Math.max(0, deadline.timeRemaining(TimeUnit.NANOSECONDS)) / (replicas.size() - attempt),
                    TimeUnit.NANOSECONDS);
            try {
                return DictionaryCatchUp.read(
                        wanted.snapshot(), known, first -> page(replica, request(wanted, first), share));
            } catch (MorphogenException failed) {
                streams.noteFailure(replica.endpoint());
                failure = Optional.of(failed);
            } catch (IllegalArgumentException wrong) {
                failure = Optional.of(misbehaves(wrong));
            }
        }
        throw failure.orElseGet(() ->
                new MorphogenException(FailureReason.UNAVAILABLE, "Party " + party + " has no node that is ready."));
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
        return all.subList(0, Math.min(all.size(), maxAttempts));
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

    private MorphogenException misbehaves(IllegalArgumentException wrong) {
        return new MorphogenException(
                FailureReason.PARTY_MISBEHAVES,
                "Party " + party + " told a dictionary that contradicts itself: " + wrong.getMessage() + ".",
                Map.of("party", Integer.toString(party)));
    }
}
