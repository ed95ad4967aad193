package org.morphogen.deploy.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.morphogen.coordinator.building.BuildListener;
import org.morphogen.coordinator.building.MasterSeed;
import org.morphogen.coordinator.building.SnapshotBuilder;
import org.morphogen.coordinator.building.SnapshotPlan;
import org.morphogen.coordinator.building.TablePlan;
import org.morphogen.coordinator.building.cuckoo.LoadFactor;
import org.morphogen.deploy.cluster.LocalParty;
import org.morphogen.deploy.cluster.PartyAdmin;
import org.morphogen.epoch.DeltaCodec;
import org.morphogen.epoch.Epoch;
import org.morphogen.protocol.v1.ChunkDigestsRequest;
import org.morphogen.protocol.v1.NodeControlServiceGrpc;
import org.morphogen.protocol.v1.PartyStatus;
import org.morphogen.protocol.v1.Replica;
import org.morphogen.protocol.v1.ServedGeneration;
import org.morphogen.row.Account32;
import org.morphogen.row.AccountValue;
import org.morphogen.row.Bytes32;
import org.morphogen.snapshot.BlockInfo;
import org.morphogen.transport.Endpoint;
import org.morphogen.transport.TlsSettings;
import org.morphogen.transport.Transport;

/** How far a party is along a made-up chain, and what its nodes then hold. */
final class Progress {
    static final String TABLE = "accounts";
    private static final int CHUNK_ROWS = 1024;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private Progress() {}

    /** Builds the state of the chain's first block and lets a party serve it. */
    static void publish(LocalParty party, MadeChain chain, int nodes) throws IOException {
        Path input = party.snapshots().resolveSibling("accounts.csv");
        StringBuilder lines = new StringBuilder("address,balance,nonce\n");
        new TreeMap<>(chain.base().changes()).forEach((address, value) -> {
            AccountValue account = value.orElseThrow();
            lines.append(address)
                    .append(',')
                    .append(account.balance())
                    .append(',')
                    .append(account.nonce())
                    .append('\n');
        });
        Files.writeString(input, lines);
        BlockInfo block = chain.base().info();
        SnapshotBuilder.build(
                new SnapshotPlan(
                        block,
                        List.of(TablePlan.of(TABLE, new Account32(), input)),
                        MasterSeed.of(block),
                        LoadFactor.USUAL,
                        OptionalInt.of(CHUNK_ROWS)),
                party.snapshots().resolve("first"),
                BuildListener.SILENT);
        try (PartyAdmin admin = new PartyAdmin(party)) {
            admin.awaitNodes(nodes, TIMEOUT);
            admin.publish("first", progress -> {});
            admin.awaitAllReplicasReady(TIMEOUT);
        }
    }

    /** Waits until a party's head is that block and every replica can answer it; what it then serves. */
    static PartyStatus awaitHead(LocalParty party, MadeChain.Block block, String what) {
        try (PartyAdmin admin = new PartyAdmin(party)) {
            return await(what + ": party " + party.number() + " at block "
                            + block.info().number())
                    .atMost(TIMEOUT)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(20))
                    .ignoreExceptionsMatching(StatusRuntimeException.class::isInstance)
                    .until(admin::status, status -> isAt(status, block));
        }
    }

    private static boolean isAt(PartyStatus status, MadeChain.Block block) {
        ServedGeneration serving = status.getView().getServing();
        return status.getView().hasServing()
                && DeltaCodec.read(serving.getHead()).block().equals(block.info())
                && serving.getShardsList().stream()
                        .flatMap(shard -> shard.getReplicasList().stream())
                        .allMatch(Replica::getReady);
    }

    /** The window that a party serves, oldest first. */
    static List<Epoch> window(PartyStatus status) {
        return status.getView().getServing().getWindowList().stream()
                .map(DeltaCodec::read)
                .toList();
    }

    /** Fails unless all nodes of both parties hold the same bytes of each chunk at the head. */
    static void assertSameChunks(PartyStatus zero, PartyStatus one, String what) {
        Map<String, String> chunks = new TreeMap<>();
        int replicas = 0;
        for (PartyStatus status : List.of(zero, one)) {
            for (Endpoint node : nodes(status)) {
                for (var entry : digests(node, status).entrySet()) {
                    String before = chunks.putIfAbsent(entry.getKey(), entry.getValue());
                    if (before != null) {
                        replicas++;
                        assertThat(entry.getValue())
                                .as("%s: chunk %s", what, entry.getKey())
                                .isEqualTo(before);
                    }
                }
            }
        }
        assertThat(replicas).as("chunks that were compared").isPositive().isGreaterThanOrEqualTo(chunks.size());
    }

    private static List<Endpoint> nodes(PartyStatus status) {
        List<Endpoint> nodes = new ArrayList<>();
        status.getView()
                .getServing()
                .getShardsList()
                .forEach(shard ->
                        shard.getReplicasList().forEach(replica -> nodes.add(Endpoint.parse(replica.getEndpoint()))));
        return nodes;
    }

    private static Map<String, String> digests(Endpoint node, PartyStatus status) {
        ManagedChannel channel = Transport.channel(node, TlsSettings.NONE, Thread::startVirtualThread);
        try {
            ServedGeneration serving = status.getView().getServing();
            Epoch head = DeltaCodec.read(serving.getHead());
            Map<String, String> digests = new TreeMap<>();
            NodeControlServiceGrpc.newBlockingStub(channel)
                    .withWaitForReady()
                    .withDeadlineAfter(TIMEOUT)
                    .chunkDigests(ChunkDigestsRequest.newBuilder()
                            .setTerm(status.getTerm())
                            .setGeneration(serving.getGeneration())
                            .setEpoch(head.number())
                            .setEpochMark(ByteString.copyFrom(head.mark()))
                            .build())
                    .getChunksList()
                    .forEach(chunk -> digests.put(
                            chunk.getChunk().toString(),
                            Bytes32.of(chunk.getSha256().toByteArray()).hex()));
            return digests;
        } finally {
            channel.shutdownNow();
        }
    }
}
