package org.morphogen.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
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
import org.morphogen.deploy.genesis.Genesis;
import org.morphogen.deploy.genesis.MainnetGenesis;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.Account32;
import org.morphogen.row.AccountValue;
import org.morphogen.snapshot.SnapshotDigest;

/** Two parties of two nodes each, every chunk on both nodes of its party. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class ReplicatedClusterIT {
    @Test
    void losesNoLookupWithANodeAndRefusesPartiesThatDisagree(@TempDir Path folder) throws IOException {
        try (RunningCluster cluster = RunningCluster.start(folder, 2, 2)) {
            cluster.publishGenesis();
            losesNoLookupWhenANodeIsKilled(cluster);
            movesOnWhenBothPartiesPublishTheSame(cluster, folder);
            refusesPartiesThatDisagree(cluster, folder);
        }
    }

    private static void losesNoLookupWhenANodeIsKilled(RunningCluster cluster) throws IOException {
        Map<String, BigInteger> balances = Genesis.balances();
        List<Address> addresses =
                balances.keySet().stream().limit(200).map(Address::parse).toList();
        List<BigInteger> expected = balances.values().stream().limit(200).toList();
        try (MorphogenClient client = cluster.connect()) {
            AtomicBoolean enough = new AtomicBoolean();
            CompletableFuture<Integer> rounds =
                    CompletableFuture.supplyAsync(() -> lookUpUntil(enough, client, addresses, expected));
            cluster.killNode(0, 1);
            cluster.killNode(1, 0);
            assertThat(lookUpUntil(new AtomicBoolean(true), client, addresses, expected))
                    .isOne();
            cluster.party(0).startNode(1);
            cluster.party(1).startNode(0);
            cluster.awaitAllReplicasReady(0);
            cluster.awaitAllReplicasReady(1);
            enough.set(true);
            assertThat(rounds.join()).isPositive();
        }
    }

    /** Looks all of them up at least once; every answer must be right. */
    private static int lookUpUntil(
            AtomicBoolean enough, MorphogenClient client, List<Address> addresses, List<BigInteger> expected) {
        int rounds = 0;
        do {
            List<Lookup> lookups = client.lookupAll(MainnetGenesis.TABLE, addresses);
            assertThat(lookups.stream()
                            .map(lookup -> ((AccountValue) ((Found) lookup).value()).balance())
                            .toList())
                    .isEqualTo(expected);
            rounds++;
        } while (!enough.get());
        return rounds;
    }

    private static void movesOnWhenBothPartiesPublishTheSame(RunningCluster cluster, Path folder) throws IOException {
        Address newcomer = Address.parse("0x00000000000000000000000000000000000000aa");
        try (MorphogenClient client = cluster.connect()) {
            SnapshotDigest before =
                    client.lookup(MainnetGenesis.TABLE, newcomer).asOf().snapshot();
            publishOneAccount(cluster, folder, 0, "one", "0x00000000000000000000000000000000000000aa,5");
            publishOneAccount(cluster, folder, 1, "one", "0x00000000000000000000000000000000000000aa,5");
            await().atMost(30, TimeUnit.SECONDS)
                    .ignoreExceptionsInstanceOf(MorphogenException.class)
                    .untilAsserted(() -> {
                        Lookup lookup = client.lookup(MainnetGenesis.TABLE, newcomer);
                        assertThat(lookup).isInstanceOf(Found.class);
                        assertThat(lookup.asOf().snapshot()).isNotEqualTo(before);
                    });
        }
    }

    private static void refusesPartiesThatDisagree(RunningCluster cluster, Path folder) throws IOException {
        publishOneAccount(cluster, folder, 0, "other", "0x00000000000000000000000000000000000000aa,6");
        try (MorphogenClient client = cluster.connect()) {
            Address account = Address.parse("0x00000000000000000000000000000000000000aa");
            assertThat(client.lookup(MainnetGenesis.TABLE, account))
                    .as("party 0 still answers what party 1 serves")
                    .isInstanceOfSatisfying(
                            Found.class,
                            found -> assertThat(((AccountValue) found.value()).balance())
                                    .isEqualTo(BigInteger.valueOf(5)));
        }
        cluster.retireEarlier(0);
        assertThatThrownBy(() -> cluster.connect().close())
                .isInstanceOfSatisfying(
                        MorphogenException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(FailureReason.PARTIES_DISAGREE));
    }

    private static void publishOneAccount(RunningCluster cluster, Path folder, int party, String name, String line)
            throws IOException {
        Path csv = folder.resolve(name + ".csv");
        Files.writeString(csv, "address,balance\n" + line + "\n", StandardCharsets.UTF_8);
        SnapshotPlan plan = SnapshotPlan.usual(
                MainnetGenesis.BLOCK, List.of(TablePlan.of(MainnetGenesis.TABLE, new Account32(), csv)));
        SnapshotBuilder.build(plan, cluster.party(party).snapshots().resolve(name), BuildListener.SILENT);
        cluster.publish(party, name);
    }
}
