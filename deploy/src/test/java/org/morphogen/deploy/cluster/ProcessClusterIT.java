package org.morphogen.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
import org.morphogen.client.lookup.Absent;
import org.morphogen.client.lookup.Address;
import org.morphogen.client.lookup.Found;
import org.morphogen.client.lookup.Lookup;
import org.morphogen.deploy.genesis.Genesis;
import org.morphogen.deploy.genesis.MainnetGenesis;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.AccountValue;
import org.morphogen.row.CodeDictionary;

/**
 * Two parties of two nodes each, every chunk on one node, all of them processes. Each test leaves the cluster whole.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ProcessClusterIT {
    private static final long SEED = 20_150_730L;
    private static final Address LARGEST = Address.parse("0x5abfec25f74cd88437631a7731906932776356f9");
    private static final BigInteger LARGEST_BALANCE = new BigInteger("11901484239480000000000000");

    @TempDir
    private static Path folder = Path.of("");

    private RunningCluster cluster;

    @BeforeAll
    void startCluster() {
        cluster = RunningCluster.start(folder, 2, 1);
        cluster.publishGenesis();
    }

    @AfterAll
    void stopCluster() throws IOException {
        List<Long> pids = cluster.processes().stream().map(ChildProcess::pid).toList();
        cluster.close();
        assertThat(pids).allMatch(pid -> ProcessHandle.of(pid).isEmpty());
    }

    @Test
    @Order(1)
    void answersEveryGenesisAccount() throws IOException {
        Map<String, BigInteger> balances = Genesis.balances();
        assertThat(balances).hasSize(8_893);
        List<Address> addresses = balances.keySet().stream().map(Address::parse).toList();
        List<BigInteger> expected = List.copyOf(balances.values());
        try (MorphogenClient client = cluster.connect()) {
            List<Lookup> lookups = client.lookupAll(MainnetGenesis.TABLE, addresses);
            assertThat(lookups).hasSameSizeAs(addresses);
            for (int i = 0; i < lookups.size(); i++) {
                assertThat(lookups.get(i)).isInstanceOf(Found.class);
                assertThat(((Found) lookups.get(i)).value())
                        .isEqualTo(new AccountValue(expected.get(i), 0, CodeDictionary.EMPTY_CODE));
                assertThat(lookups.get(i).asOf().block().number()).isZero();
            }
        }
    }

    @Test
    @Order(2)
    void tellsThatOtherAddressesAreAbsent() throws IOException {
        Map<String, BigInteger> balances = Genesis.balances();
        Random random = new Random(SEED);
        List<Address> addresses = new ArrayList<>();
        while (addresses.size() < 300) {
            byte[] bytes = new byte[20];
            random.nextBytes(bytes);
            if (!balances.containsKey("0x" + HexFormat.of().formatHex(bytes))) {
                addresses.add(Address.of(bytes));
            }
        }
        try (MorphogenClient client = cluster.connect()) {
            assertThat(client.lookupAll(MainnetGenesis.TABLE, addresses))
                    .as("seed %d", SEED)
                    .hasSize(300)
                    .allMatch(Absent.class::isInstance);
        }
    }

    @Test
    @Order(3)
    void aKilledNodeComesBackFromItsDisk() {
        try (MorphogenClient client = cluster.connect()) {
            cluster.killNode(0, 0);
            assertThatThrownBy(() -> client.lookup(MainnetGenesis.TABLE, LARGEST))
                    .isInstanceOfSatisfying(
                            MorphogenException.class,
                            failure -> assertThat(failure.reason()).isEqualTo(FailureReason.UNAVAILABLE));
            cluster.party(0).startNode(0);
            cluster.awaitAllReplicasReady(0);
            awaitRightAnswer(client);
        }
    }

    @Test
    @Order(4)
    void lookupsGoOnWithoutACoordinator() {
        try (MorphogenClient client = cluster.connect()) {
            cluster.party(1).killCoordinator();
            assertRightAnswer(client);
            assertThatThrownBy(() -> cluster.connect().close())
                    .isInstanceOf(MorphogenException.class)
                    .hasMessageContaining("arty 1");
            cluster.party(1).startCoordinator();
            cluster.awaitAllReplicasReady(1);
            awaitRightAnswer(client);
        }
        try (MorphogenClient client = cluster.connect()) {
            awaitRightAnswer(client);
        }
    }

    @Test
    @Order(5)
    void lookupsGoOnWithoutZooKeeper() {
        try (MorphogenClient client = cluster.connect()) {
            cluster.party(0).killZooKeeper();
            assertRightAnswer(client);
            cluster.party(0).startZooKeeper();
            cluster.awaitAllReplicasReady(0);
            awaitRightAnswer(client);
        }
    }

    @Test
    @Order(6)
    void everythingOfAPartyRestarts() {
        LocalParty party = cluster.party(1);
        party.killCoordinator();
        party.killNode(0);
        party.killNode(1);
        party.killZooKeeper();
        party.start();
        cluster.awaitAllReplicasReady(1);
        await().atMost(Duration.ofSeconds(60))
                .ignoreExceptionsInstanceOf(MorphogenException.class)
                .untilAsserted(() -> {
                    try (MorphogenClient client = cluster.connect()) {
                        assertRightAnswer(client);
                    }
                });
    }

    private static void awaitRightAnswer(MorphogenClient client) {
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptionsInstanceOf(MorphogenException.class)
                .untilAsserted(() -> assertRightAnswer(client));
    }

    private static void assertRightAnswer(MorphogenClient client) {
        Lookup lookup = client.lookup(MainnetGenesis.TABLE, LARGEST);
        assertThat(lookup).isInstanceOf(Found.class);
        assertThat(((Found) lookup).value()).isEqualTo(new AccountValue(LARGEST_BALANCE, 0, CodeDictionary.EMPTY_CODE));
    }
}
