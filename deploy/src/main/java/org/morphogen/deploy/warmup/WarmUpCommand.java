package org.morphogen.deploy.warmup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.morphogen.client.ClientSettings;
import org.morphogen.client.MorphogenClient;
import org.morphogen.client.lookup.Address;
import org.morphogen.coordinator.Coordinator;
import org.morphogen.coordinator.CoordinatorSettings;
import org.morphogen.coordinator.building.BuildListener;
import org.morphogen.coordinator.building.SnapshotBuilder;
import org.morphogen.coordinator.cli.ExitCode;
import org.morphogen.deploy.cluster.ClusterPlan;
import org.morphogen.deploy.cluster.LocalCluster;
import org.morphogen.deploy.cluster.LocalParty;
import org.morphogen.deploy.cluster.PartyAdmin;
import org.morphogen.deploy.genesis.MainnetGenesis;
import org.morphogen.deploy.zookeeper.StandaloneZooKeeper;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.NodeSettings;
import org.morphogen.node.ShardNode;
import org.morphogen.settings.ByteSize;
import org.morphogen.settings.SettingsFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Does in this one JVM what the processes of two parties and a client do: the classes that it loads are those that they
 * load.
 */
@Command(name = "warm-up", hidden = true, description = "Rehearse everything in one JVM; for the launcher.")
public final class WarmUpCommand implements Callable<Integer> {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final String SNAPSHOT = "genesis";

    @Option(names = "--folder", required = true, description = "Empty folder to work in.")
    private Path folder = Path.of("");

    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    @Override
    public Integer call() throws Exception {
        try {
            Files.createDirectories(folder);
            rehearse();
            return ExitCode.OK;
        } catch (IOException failed) {
            throw new MorphogenException(
                    FailureReason.STORAGE_FAILED, "Cannot work in " + folder + ".", Map.of(), failed);
        } finally {
            while (!open.isEmpty()) {
                open.pop().close();
            }
        }
    }

    private void rehearse() {
        ClusterPlan plan = new ClusterPlan(ClusterPlan.ownLauncher(), folder, 1, 1, new ByteSize(64L << 20));
        LocalCluster cluster = new LocalCluster(plan);
        for (int party = 0; party < 2; party++) {
            start(cluster.party(party));
        }
        cluster.awaitNodes();
        for (int party = 0; party < 2; party++) {
            publish(cluster.party(party));
        }
        ClientSettings settings = SettingsFile.load(cluster.clientSettings(), ClientSettings.class);
        try (MorphogenClient client = MorphogenClient.connect(settings)) {
            client.lookupAll(MainnetGenesis.TABLE, List.of(Address.of(new byte[20])));
        }
    }

    private void start(LocalParty party) {
        open.push(StandaloneZooKeeper.start(party.zooKeeperData(), party.zooKeeper(), 1000));
        Coordinator coordinator =
                new Coordinator(SettingsFile.load(party.coordinatorSettings(), CoordinatorSettings.class));
        open.push(coordinator);
        coordinator.start();
        open.push(ShardNode.start(SettingsFile.load(party.nodeSettings(0), NodeSettings.class)));
    }

    private static void publish(LocalParty party) {
        SnapshotBuilder.build(
                MainnetGenesis.plan(OptionalInt.of(1024)), party.snapshots().resolve(SNAPSHOT), BuildListener.SILENT);
        try (PartyAdmin admin = new PartyAdmin(party)) {
            admin.publish(SNAPSHOT, progress -> {});
            admin.awaitAllReplicasReady(TIMEOUT);
        }
    }
}
