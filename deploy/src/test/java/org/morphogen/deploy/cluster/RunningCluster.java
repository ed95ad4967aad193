package org.morphogen.deploy.cluster;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.morphogen.client.ClientSettings;
import org.morphogen.client.MorphogenClient;
import org.morphogen.coordinator.building.BuildListener;
import org.morphogen.coordinator.building.SnapshotBuilder;
import org.morphogen.deploy.TestLauncher;
import org.morphogen.deploy.genesis.MainnetGenesis;
import org.morphogen.settings.ByteSize;
import org.morphogen.settings.SettingsFile;
import org.morphogen.snapshot.BlockInfo;

/** A cluster of real processes for tests: verbs that wait until what they say is so. */
final class RunningCluster implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int CHUNK_ROWS = 1024;

    private final LocalCluster cluster;
    private final int nodes;

    private RunningCluster(LocalCluster cluster, int nodes) {
        this.cluster = cluster;
        this.nodes = nodes;
    }

    /** Both parties with this many nodes each; nothing published. */
    static RunningCluster start(Path folder, int nodes, int replicas) {
        LocalCluster cluster =
                new LocalCluster(new ClusterPlan(TestLauncher.path(), folder, nodes, replicas, new ByteSize(64 << 20)));
        try {
            cluster.launch();
            cluster.awaitNodes();
            return new RunningCluster(cluster, nodes);
        } catch (RuntimeException failed) {
            cluster.close();
            throw failed;
        }
    }

    LocalParty party(int number) {
        return cluster.party(number);
    }

    List<ChildProcess> processes() {
        return cluster.processes();
    }

    Path clientSettings() {
        return cluster.clientSettings();
    }

    /** Lets both parties follow the chain of that file, from when a generation is served. */
    void follow(Path blocks) throws IOException {
        for (int party = 0; party < 2; party++) {
            Files.writeString(
                    party(party).coordinatorSettings(), "blockFile: " + blocks + "\n", StandardOpenOption.APPEND);
            party(party).killCoordinator();
            party(party).startCoordinator();
        }
    }

    /** Waits until the party's head is that block. */
    void awaitHead(int party, long block) {
        try (PartyAdmin admin = new PartyAdmin(party(party))) {
            await("block " + block + " at party " + party)
                    .atMost(TIMEOUT)
                    .pollInterval(Duration.ofMillis(100))
                    .ignoreExceptions()
                    .until(() -> admin.status().getView().getServing().getHead().getBlockNumber() == block);
        }
    }

    /** Builds and publishes the genesis state at both parties. */
    void publishGenesis() {
        publishGenesis(MainnetGenesis.BLOCK);
    }

    /** The same as the state of another block. */
    void publishGenesis(BlockInfo block) {
        for (int party = 0; party < 2; party++) {
            SnapshotBuilder.build(
                    MainnetGenesis.plan(block, OptionalInt.of(CHUNK_ROWS)),
                    party(party).snapshots().resolve("genesis"),
                    BuildListener.SILENT);
            publish(party, "genesis");
        }
    }

    void publish(int party, String snapshot) {
        try (PartyAdmin admin = new PartyAdmin(party(party))) {
            admin.awaitNodes(nodes, TIMEOUT);
            admin.publish(snapshot, progress -> {});
            admin.awaitAllReplicasReady(TIMEOUT);
        }
    }

    void awaitAllReplicasReady(int party) {
        try (PartyAdmin admin = new PartyAdmin(party(party))) {
            admin.awaitNodes(nodes, TIMEOUT);
            admin.awaitAllReplicasReady(TIMEOUT);
        }
    }

    /** Kills a node and waits until its party's view tells so. */
    void killNode(int party, int node) {
        party(party).killNode(node);
        try (PartyAdmin admin = new PartyAdmin(party(party))) {
            admin.awaitReplicaMissed(TIMEOUT);
        }
    }

    MorphogenClient connect() {
        return MorphogenClient.connect(SettingsFile.load(clientSettings(), ClientSettings.class));
    }

    @Override
    public void close() throws IOException {
        cluster.close();
    }
}
