package org.morphogen.client.view;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.morphogen.epoch.DeltaCodec;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.ClusterView;
import org.morphogen.protocol.v1.EpochBinding;
import org.morphogen.protocol.v1.Replica;
import org.morphogen.protocol.v1.ServedGeneration;
import org.morphogen.protocol.v1.Shard;
import org.morphogen.protocol.v1.WayChunks;
import org.morphogen.snapshot.SnapshotDigest;
import org.morphogen.transport.Endpoint;

/** Reads a party's view out of its message. Fails with PARTY_MISBEHAVES naming the field that cannot be. */
final class ViewDecoder {
    private static final int MAX_SHARDS = 1 << 16;
    private static final int MAX_REPLICAS = 64;
    private static final int MAX_NAME_CHARS = 300;
    private static final int MAX_REASON_CHARS = 1000;

    private ViewDecoder() {}

    /** The view, which must be of {@code party}. */
    static PartyView decode(int party, ClusterView view) {
        if (view.getParty() != party) {
            String found = Integer.toUnsignedString(view.getParty());
            throw misbehaves(
                    party,
                    "the coordinator configured for party " + party + " speaks for party " + found,
                    Map.of("expected", Integer.toString(party), "found", found));
        }
        try {
            requireAtMost(PartyView.MAX_EARLIER, "earlier", view.getEarlierCount());
            return new PartyView(
                    party,
                    view.getVersion(),
                    view.hasServing() ? Optional.of(served(view.getServing())) : Optional.empty(),
                    view.getEarlierList().stream().map(ViewDecoder::served).toList());
        } catch (IllegalArgumentException | MorphogenException impossible) {
            throw misbehaves(party, "its cluster view cannot be: " + impossible.getMessage(), Map.of());
        }
    }

    private static Served served(ServedGeneration served) {
        requireAtMost(MAX_SHARDS, "shards", served.getShardsCount());
        return new Served(
                served.getGeneration(),
                SnapshotDigest.of(served.getSnapshotDigest().toByteArray()),
                epoch("base_epoch", served.getBaseEpoch()),
                window(served),
                stalled(served.getStalled()),
                served.getShardsList().stream().map(ViewDecoder::shard).toList());
    }

    private static Window window(ServedGeneration served) {
        requireAtMost(Window.MAX_EPOCHS, "window", served.getWindowCount());
        Epoch head = epoch("head", served.getHead());
        Window window = new Window(served.getWindowList().stream()
                .map(binding -> epoch("window", binding))
                .toList());
        if (!window.head().equals(head)) {
            throw new IllegalArgumentException("window: its last epoch is not the head");
        }
        return window;
    }

    /** What stands in the way is for people alone, so what cannot be shown is left out and not held against the party. */
    private static Optional<String> stalled(String reason) {
        String shown = reason.substring(0, Math.min(reason.length(), MAX_REASON_CHARS))
                .replaceAll("[^ -~]", " ")
                .strip();
        if (reason.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(shown.isEmpty() ? "for a reason that cannot be shown" : shown);
    }

    private static Epoch epoch(String field, EpochBinding binding) {
        try {
            return DeltaCodec.read(binding);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(field + "." + wrong.getMessage(), wrong);
        }
    }

    private static ShardView shard(Shard shard) {
        requireAtMost(MAX_REPLICAS, "replicas of a shard", shard.getReplicasCount());
        return new ShardView(
                shard.getId(),
                shard.getChunksList().stream().map(ViewDecoder::way).toList(),
                shard.getReplicasList().stream().map(ViewDecoder::replica).toList());
    }

    private static HeldWay way(WayChunks chunks) {
        List<ChunkSpan> spans = chunks.getRangesList().stream()
                .map(range -> new ChunkSpan(range.getFirst(), range.getCount()))
                .toList();
        return new HeldWay(name("table", chunks.getTable()), chunks.getWay(), spans);
    }

    private static ShardReplica replica(Replica replica) {
        return new ShardReplica(
                name("node_id", replica.getNodeId()),
                Endpoint.parse(name("endpoint", replica.getEndpoint())),
                replica.getReady());
    }

    /** Text that may stand in a message or a log: short and printable. */
    private static String name(String field, String text) {
        if (text.length() > MAX_NAME_CHARS || !text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException(field + ": is not up to " + MAX_NAME_CHARS + " printable characters");
        }
        return text;
    }

    private static void requireAtMost(int most, String what, int count) {
        if (count > most) {
            throw new IllegalArgumentException(what + ": " + count + " are more than " + most);
        }
    }

    private static MorphogenException misbehaves(int party, String what, Map<String, String> facts) {
        return new MorphogenException(FailureReason.PARTY_MISBEHAVES, "Party " + party + ": " + what + ".", facts);
    }
}
