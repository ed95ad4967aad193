package org.morphogen.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.coordinator.epoch.ChainSettings;
import org.morphogen.coordinator.epoch.StepWatch;
import org.morphogen.coordinator.generation.GenerationControl;
import org.morphogen.coordinator.generation.LeaderTimings;
import org.morphogen.coordinator.generation.Surroundings;
import org.morphogen.coordinator.leadership.LeaderTerm;
import org.morphogen.coordinator.membership.CoordinatorRegistration;
import org.morphogen.coordinator.membership.Membership;
import org.morphogen.coordinator.membership.NodeWatch;
import org.morphogen.coordinator.mirror.PartyMirror;
import org.morphogen.coordinator.transfer.SnapshotLibrary;
import org.morphogen.coordinator.view.ServedView;
import org.morphogen.transport.TlsSettings;
import org.morphogen.zookeeper.ClusterPaths;

/** A leader elected before its mirror has been filled: no node seems to be alive, and that is not the truth. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class UnfilledMirrorTest {
    private static final ClusterPaths PATHS = new ClusterPaths(0);

    @TempDir
    Path folder;

    private TestParty party;

    @BeforeEach
    void startParty() {
        party = new TestParty(folder);
        party.writeSnapshot("first", 1);
        party.startCoordinator("c1");
        party.startNodes("n1", "n2");
        party.publish("first");
        party.awaitView("c1", view -> TestParty.ready(view).size() == 2);
        party.killCoordinator("c1");
    }

    @AfterEach
    void stopParty() {
        party.close();
    }

    @Test
    void aLeaderThatKnowsNobodyYetDoesNotCallReplicasUnready() throws Exception {
        try (CuratorFramework client = party.zooKeeper().connect();
                PartyMirror mirror = new PartyMirror(client, PATHS)) {
            byte[] before = client.getData().forPath(PATHS.view());

            try (GenerationControl control = leader(client, mirror)) {
                // Answered by the loop after its first round.
                control.publish(new SnapshotLibrary(party.snapshots()).named("first"), false, "");
            }

            assertThat(client.getData().forPath(PATHS.view())).isEqualTo(before);
        }
    }

    private GenerationControl leader(CuratorFramework client, PartyMirror mirror) throws Exception {
        int fence = client.setData()
                .forPath(PATHS.term(), "{\"term\":40,\"coordinatorId\":\"c9\"}".getBytes(StandardCharsets.UTF_8))
                .getVersion();
        Membership membership = new Membership(mirror, PATHS);
        Duration second = Duration.ofSeconds(1);
        NodeWatch watch = new NodeWatch(membership, () -> 40, (_, _) -> {}, TlsSettings.NONE, second, second);
        Surroundings around = new Surroundings(
                client,
                PATHS,
                new CoordinatorRegistration("c9", "127.0.0.1:1"),
                membership,
                watch,
                new SnapshotLibrary(party.snapshots()),
                new ServedView(mirror, PATHS),
                2,
                ChainSettings.none(),
                LeaderTimings.standard(second, second),
                StepWatch.NONE);
        return new GenerationControl(around, new LeaderTerm(40, fence), _ -> {});
    }
}
