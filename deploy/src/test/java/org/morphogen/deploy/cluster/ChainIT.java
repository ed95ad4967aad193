package org.morphogen.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.client.BlockLookups;
import org.morphogen.client.MorphogenClient;
import org.morphogen.client.lookup.Address;
import org.morphogen.client.lookup.Found;
import org.morphogen.client.lookup.Lookup;
import org.morphogen.deploy.genesis.MainnetGenesis;
import org.morphogen.deploy.genesis.RecordedBlocks;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.AccountValue;
import org.morphogen.row.Bytes32;

/** Two parties that follow recorded blocks upon the genesis state, all of them processes. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ChainIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path folder = Path.of("");

    private RunningCluster cluster;
    private final Map<String, BigInteger> balances = new LinkedHashMap<>();
    private final Map<String, Long> nonces = new LinkedHashMap<>();

    @BeforeAll
    void startCluster() throws IOException {
        Path blocks = folder.resolve("blocks.jsonl");
        RecordedBlocks.write(blocks);
        replay();
        cluster = RunningCluster.start(folder, 2, 1);
        cluster.follow(blocks);
        cluster.publishGenesis(RecordedBlocks.BASE);
    }

    /** What the recorded node says of every touched account after the last block. */
    private void replay() throws IOException {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(RecordedBlocks.open(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                for (JsonNode transaction : JSON.readTree(line).get("trace")) {
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

    @Test
    @Order(2)
    void killedNodesAndCoordinatorsFindTheirEpochsAgain() {
        cluster.party(0).killCoordinator();
        cluster.killNode(1, 0);
        cluster.party(0).killNode(1);
        cluster.party(0).startCoordinator();
        cluster.party(1).startNode(0);
        cluster.party(0).startNode(1);
        for (int party = 0; party < 2; party++) {
            cluster.awaitAllReplicasReady(party);
        }
        try (MorphogenClient client = cluster.connect()) {
            await().atMost(Duration.ofSeconds(30))
                    .ignoreExceptionsInstanceOf(MorphogenException.class)
                    .untilAsserted(() -> assertRight(client));
        }
    }

    /** The dictionary grows; coordinators that know nothing of that go on with it. */
    @Test
    @Order(3)
    void contractsThatCameAfterTheSnapshotAreFoundWithTheirCode() throws IOException {
        List<String> contracts = List.of("0x" + "c1".repeat(20), "0x" + "c2".repeat(20), "0x" + "c3".repeat(20));
        // keccak256 of the bytes 00 and of "abc".
        Bytes32 zero = Bytes32.parse("bc36789e7a1e281436464229828f817d6612f7b477d66591ff96a9e064bcc98a");
        Bytes32 abc = Bytes32.parse("4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
        addBlock(RecordedBlocks.LAST + 1, Map.of(contracts.get(0), "0x00"));
        awaitHeads(RecordedBlocks.LAST + 1);
        addBlock(RecordedBlocks.LAST + 2, Map.of(contracts.get(1), "0x616263", contracts.get(2), "0x00"));
        awaitHeads(RecordedBlocks.LAST + 2);
        try (MorphogenClient client = cluster.connect()) {
            assertThat(codes(client.atBlock(RecordedBlocks.LAST + 2), contracts))
                    .containsExactly(Optional.of(zero), Optional.of(abc), Optional.of(zero));
            assertThat(codes(client.atBlock(RecordedBlocks.LAST + 1), contracts))
                    .containsExactly(Optional.of(zero), Optional.empty(), Optional.empty());
        }
    }

    /** Coordinators read the file when they start. */
    private void awaitHeads(long block) {
        for (int party = 0; party < 2; party++) {
            cluster.party(party).killCoordinator();
            cluster.party(party).startCoordinator();
        }
        for (int party = 0; party < 2; party++) {
            cluster.awaitHead(party, block);
        }
    }

    private static List<Optional<Bytes32>> codes(BlockLookups lookups, List<String> contracts) {
        return lookups
                .lookupAll(
                        MainnetGenesis.TABLE,
                        contracts.stream().map(Address::parse).toList())
                .stream()
                .map(lookup -> lookup instanceof Found found
                        ? Optional.of(((AccountValue) found.value()).codeHash())
                        : Optional.<Bytes32>empty())
                .toList();
    }

    /** Adds a block to the recorded ones that puts code at some addresses. */
    private static void addBlock(long number, Map<String, String> codes) throws IOException {
        Path blocks = folder.resolve("blocks.jsonl");
        String parent =
                JSON.readTree(Files.readAllLines(blocks).getLast()).get("hash").asText();
        ObjectNode block = JSON.createObjectNode()
                .put("number", "0x" + Long.toHexString(number))
                .put("hash", "0x" + "%064x".formatted(number))
                .put("parentHash", parent)
                .put("stateRoot", "0x" + "%064x".formatted(number + 1));
        ObjectNode result = block.putArray("trace").addObject().putObject("result");
        ObjectNode pre = result.putObject("pre");
        ObjectNode post = result.putObject("post");
        codes.forEach((address, code) -> {
            pre.putObject(address).put("balance", "0x0");
            post.putObject(address).put("balance", "0x1").put("nonce", 1).put("code", code);
        });
        block.putArray("withdrawals");
        Files.writeString(blocks, JSON.writeValueAsString(block) + "\n", StandardOpenOption.APPEND);
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
