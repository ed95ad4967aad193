package org.morphogen.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
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

/** Two parties of two nodes each, every chunk on both, that followed the chain for much longer than their window. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class LostDiskIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    @Test
    void aNodeThatLostItsDiskComesBackByItselfAndAnswersAlone() throws IOException {
        Path blocks = folder.resolve("blocks.jsonl");
        RecordedBlocks.write(blocks);
        String window = "windowEpochs: 6\n";
        try (RunningCluster cluster =
                RunningCluster.start(folder, 2, 2, window + "blockFile: " + blocks + "\n", window)) {
            cluster.publish(MainnetGenesis.plan(RecordedBlocks.BASE, RunningCluster.CHUNK_ROWS));
            cluster.awaitHead(0, RecordedBlocks.LAST);
            cluster.awaitHead(1, RecordedBlocks.LAST);

            cluster.killNode(0, 1);
            delete(cluster.party(0).nodeData(1));
            cluster.party(0).startNode(1);
            // The leader may take a moment to see that the node is not the one that it was.
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(log(cluster.party(0), 1))
                            .contains("begins anew at epoch")
                            .contains("taken over from"));
            cluster.awaitAllReplicasReady(0);

            cluster.killNode(0, 0);
            try (MorphogenClient client = cluster.connect()) {
                await().atMost(Duration.ofSeconds(30))
                        .ignoreExceptionsInstanceOf(MorphogenException.class)
                        .untilAsserted(() -> assertRight(client));
            }
        }
    }

    private static void delete(Path data) {
        try (Stream<Path> files = Files.walk(data)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                }
            });
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String log(LocalParty party, int node) throws IOException {
        return Files.readString(party.nodeData(node).resolveSibling("logs").resolve(party.nodeId(node) + ".log"));
    }

    private static void assertRight(MorphogenClient client) throws IOException {
        Map<String, BigInteger> balances = balances();
        assertThat(balances).hasSizeGreaterThan(100);
        List<Lookup> lookups = client.lookupAll(
                MainnetGenesis.TABLE,
                balances.keySet().stream().map(Address::parse).toList());
        assertThat(lookups)
                .allMatch(Found.class::isInstance)
                .allMatch(lookup -> lookup.asOf().block().number() == RecordedBlocks.LAST);
        assertThat(lookups.stream()
                        .map(lookup -> ((AccountValue) ((Found) lookup).value()).balance())
                        .toList())
                .isEqualTo(List.copyOf(balances.values()));
    }

    /** What the recorded node says of every touched account after the last block. */
    private static Map<String, BigInteger> balances() throws IOException {
        Map<String, BigInteger> balances = new LinkedHashMap<>();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(RecordedBlocks.open(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                for (JsonNode transaction : JSON.readTree(line).get("trace")) {
                    transaction.get("result").get("post").properties().forEach(account -> {
                        JsonNode balance = account.getValue().get("balance");
                        if (balance != null) {
                            balances.put(
                                    account.getKey(),
                                    new BigInteger(balance.asText().substring(2), 16));
                        }
                    });
                }
            }
        }
        return balances;
    }
}
