package org.morphogen.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.morphogen.client.ClientSettings;
import org.morphogen.client.MorphogenClient;
import org.morphogen.coordinator.admin.AdminCommand;
import org.morphogen.coordinator.building.BuildListener;
import org.morphogen.coordinator.building.SnapshotBuilder;
import org.morphogen.coordinator.building.SnapshotPlan;
import org.morphogen.coordinator.cli.ExitCode;
import org.morphogen.deploy.TestLauncher;
import org.morphogen.deploy.genesis.MainnetGenesis;
import org.morphogen.settings.ByteSize;
import org.morphogen.settings.SettingsFile;
import org.morphogen.transport.Endpoint;
import picocli.CommandLine;

/** A cluster of real processes for tests: verbs that wait until what they say is so. */
final class RunningCluster implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    /** Small chunks, so that even a small matrix is spread over all nodes. */
    static final OptionalInt CHUNK_ROWS = OptionalInt.of(1024);

    private final LocalCluster cluster;
    private final int nodes;

    private RunningCluster(LocalCluster cluster, int nodes) {
        this.cluster = cluster;
        this.nodes = nodes;
    }

    /** Both parties with this many nodes each; nothing published. */
    static RunningCluster start(Path folder, int nodes, int replicas) {
        return start(folder, nodes, replicas, "", "");
    }

    /** The same with further lines in the settings of all coordinators and of all nodes. */
    static RunningCluster start(Path folder, int nodes, int replicas, String forCoordinators, String forNodes) {
        LocalCluster cluster =
                new LocalCluster(new ClusterPlan(TestLauncher.path(), folder, nodes, replicas, new ByteSize(64 << 20)));
        try {
            for (int party = 0; party < 2; party++) {
                append(cluster.party(party).coordinatorSettings(), forCoordinators);
                for (int node = 0; node < nodes; node++) {
                    append(cluster.party(party).nodeSettings(node), forNodes);
                }
            }
            cluster.launch();
            cluster.awaitNodes();
            return new RunningCluster(cluster, nodes);
        } catch (RuntimeException failed) {
            cluster.close();
            throw failed;
        }
    }

    private static void append(Path settings, String lines) {
        try {
            Files.writeString(settings, lines, StandardOpenOption.APPEND);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    LocalParty party(int number) {
        return cluster.party(number);
    }

    List<ChildProcess> processes() {
        return cluster.processes();
    }

    Endpoint freeEndpoint() {
        return cluster.freeEndpoint();
    }

    Path clientSettings() {
        return cluster.clientSettings();
    }

    /** Lets both parties follow a chain, which that setting of their coordinators names, once a generation is served. */
    void follow(String setting, String chain) throws IOException {
        for (int party = 0; party < 2; party++) {
            Files.writeString(
                    party(party).coordinatorSettings(), setting + ": \"" + chain + "\"\n", StandardOpenOption.APPEND);
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
        publish(MainnetGenesis.plan(CHUNK_ROWS));
    }

    /** Builds and publishes a snapshot at both parties. */
    void publish(SnapshotPlan plan) {
        for (int party = 0; party < 2; party++) {
            SnapshotBuilder.build(plan, party(party).snapshots().resolve("genesis"), BuildListener.SILENT);
            publish(party, "genesis");
        }
    }

    /** What {@code admin digests} prints as JSON; fails unless all replicas hold the same. */
    JsonNode digests(int party, String... options) throws IOException {
        StringWriter out = new StringWriter();
        List<String> arguments =
                new ArrayList<>(List.of("--coordinator=" + party(party).coordinator(), "--output=json", "digests"));
        arguments.addAll(List.of(options));
        int exit = new CommandLine(new AdminCommand())
                .setOut(new PrintWriter(out))
                .execute(arguments.toArray(String[]::new));
        assertThat(exit).as("exit code of admin %s", arguments).isEqualTo(ExitCode.OK);
        return new ObjectMapper().readTree(out.toString());
    }

    void publish(int party, String snapshot) {
        try (PartyAdmin admin = new PartyAdmin(party(party))) {
            admin.awaitNodes(nodes, TIMEOUT);
            admin.publish(snapshot, progress -> {});
            admin.awaitAllReplicasReady(TIMEOUT);
        }
    }

    /** Has the party answer for nothing but what it serves now. */
    void retireEarlier(int party) {
        try (PartyAdmin admin = new PartyAdmin(party(party))) {
            admin.retireEarlier();
            await("no earlier generation at party " + party)
                    .atMost(TIMEOUT)
                    .until(() -> admin.status().getView().getEarlierCount() == 0);
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
