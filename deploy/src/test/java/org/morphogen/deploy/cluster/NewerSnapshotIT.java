package org.morphogen.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.client.MorphogenClient;
import org.morphogen.client.lookup.Address;
import org.morphogen.client.lookup.Found;
import org.morphogen.client.lookup.Lookup;
import org.morphogen.coordinator.building.BuildListener;
import org.morphogen.coordinator.building.SnapshotBuilder;
import org.morphogen.coordinator.building.SnapshotPlan;
import org.morphogen.coordinator.building.TablePlan;
import org.morphogen.deploy.genesis.MainnetGenesis;
import org.morphogen.deploy.genesis.RecordedBlocks;
import org.morphogen.row.Account32;
import org.morphogen.row.AccountValue;
import org.morphogen.snapshot.BlockInfo;
import org.morphogen.snapshot.SnapshotDigest;

/** A newer snapshot is published while two parties of processes follow recorded blocks and clients ask. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NewerSnapshotIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long MIDDLE = 10;

    @TempDir
    private static Path folder = Path.of("");

    private RunningCluster cluster;
    private final Map<String, BigInteger> balances = new LinkedHashMap<>();
    private final Map<String, Long> nonces = new LinkedHashMap<>();

    @BeforeAll
    void startCluster() throws IOException {
        Path blocks = folder.resolve("blocks.jsonl");
        RecordedBlocks.write(blocks);
        replay(RecordedBlocks.LAST, balances, nonces);
        cluster = RunningCluster.start(folder, 2, 1);
        cluster.follow("blockFile", blocks.toString());
        cluster.publish(MainnetGenesis.plan(RecordedBlocks.BASE, RunningCluster.CHUNK_ROWS));
    }

    /** What the recorded node says of every touched account after that block, on top of what is known already. */
    private static void replay(long upTo, Map<String, BigInteger> balances, Map<String, Long> nonces)
            throws IOException {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(RecordedBlocks.open(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode block = JSON.readTree(line);
                if (Long.decode(block.get("number").asText()) > upTo) {
                    return;
                }
                for (JsonNode transaction : block.get("trace")) {
                    transaction.get("result").get("post").properties().forEach(account -> {
                        JsonNode after = account.getValue();
                        if (after.has("balance")) {
                            String hex = after.get("balance").asText().substring(2);
                            balances.put(account.getKey(), new BigInteger(hex, 16));
                        }
                        if (after.has("nonce")) {
                            nonces.put(account.getKey(), after.get("nonce").asLong());
                        }
                    });
                }
            }
        }
    }

    @AfterAll
    void stopCluster() throws IOException {
        cluster.close();
    }

    @Test
    @Order(1)
    void everyTouchedAccountIsAsTheNodeSays() {
        for (int party = 0; party < 2; party++) {
            cluster.awaitHead(party, RecordedBlocks.LAST);
        }
        try (MorphogenClient client = cluster.connect()) {
            assertRight(client);
        }
    }

    /** A snapshot of a block long past is published; clients ask on, and never find themselves at an older block. */
    @Test
    @Order(3)
    void aNewerSnapshotIsServedWithoutAFailureOrAStepBack() throws IOException {
        buildSnapshot("newer", MIDDLE);
        try (MorphogenClient client = cluster.connect()) {
            SnapshotDigest old = client.view().asOf().snapshot();
            AtomicBoolean enough = new AtomicBoolean();
            AtomicInteger rounds = new AtomicInteger();
            CompletableFuture<Void> asking = CompletableFuture.runAsync(() -> {
                while (!enough.get()) {
                    assertRight(client);
                    rounds.incrementAndGet();
                }
            });
            cluster.publish(0, "newer");
            awaitAnother(rounds);
            assertThat(client.view().asOf().snapshot()).isEqualTo(old);
            cluster.publish(1, "newer");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> !client.view().asOf().snapshot().equals(old));
            awaitAnother(rounds);
            cluster.retireEarlier(0);
            awaitAnother(rounds);
            enough.set(true);
            assertThat(asking).succeedsWithin(Duration.ofSeconds(60));
        }
    }

    private static void awaitAnother(AtomicInteger rounds) {
        int before = rounds.get();
        await().atMost(Duration.ofSeconds(60)).until(() -> rounds.get() > before + 1);
    }

    private void buildSnapshot(String name, long number) throws IOException {
        Map<String, BigInteger> state = new LinkedHashMap<>(MainnetGenesis.balances());
        Map<String, Long> counts = new LinkedHashMap<>();
        replay(number, state, counts);
        StringBuilder lines = new StringBuilder("address,balance,nonce\n");
        state.forEach((address, balance) -> lines.append(address)
                .append(',')
                .append(balance)
                .append(',')
                .append(counts.getOrDefault(address, 0L))
                .append('\n'));
        Path csv = Files.writeString(folder.resolve(name + ".csv"), lines, StandardCharsets.UTF_8);
        SnapshotPlan plan =
                SnapshotPlan.usual(block(number), List.of(TablePlan.of(MainnetGenesis.TABLE, new Account32(), csv)));
        for (int party = 0; party < 2; party++) {
            SnapshotBuilder.build(plan, cluster.party(party).snapshots().resolve(name), BuildListener.SILENT);
        }
    }

    private static BlockInfo block(long number) throws IOException {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(RecordedBlocks.open(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode block = JSON.readTree(line);
                if (Long.decode(block.get("number").asText()) == number) {
                    return new BlockInfo(
                            number,
                            block.get("hash").asText(),
                            block.get("stateRoot").asText());
                }
            }
        }
        throw new AssertionError("no block " + number);
    }

    private void assertRight(MorphogenClient client) {
        assertThat(balances).hasSizeGreaterThan(100);
        List<Address> touched = balances.keySet().stream().map(Address::parse).toList();
        List<Lookup> lookups = client.lookupAll(MainnetGenesis.TABLE, touched);
        int at = 0;
        for (Map.Entry<String, BigInteger> expected : balances.entrySet()) {
            Lookup lookup = lookups.get(at++);
            assertThat(lookup.asOf().block().number()).isEqualTo(RecordedBlocks.LAST);
            assertThat(lookup).as(expected.getKey()).isInstanceOf(Found.class);
            AccountValue value = (AccountValue) ((Found) lookup).value();
            assertThat(value.balance()).as(expected.getKey()).isEqualTo(expected.getValue());
            assertThat(value.nonce()).as(expected.getKey()).isEqualTo(nonces.getOrDefault(expected.getKey(), 0L));
        }
    }
}
