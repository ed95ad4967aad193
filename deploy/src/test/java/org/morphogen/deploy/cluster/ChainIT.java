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
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
import org.morphogen.client.MorphogenClient;
import org.morphogen.client.lookup.Address;
import org.morphogen.client.lookup.Found;
import org.morphogen.client.lookup.Lookup;
import org.morphogen.deploy.genesis.MainnetGenesis;
import org.morphogen.deploy.genesis.RecordedBlocks;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.AccountValue;

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
