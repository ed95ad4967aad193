package org.morphogen.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.morphogen.coordinator.TestParty.awaitThat;
import static org.morphogen.coordinator.TestParty.ready;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.coordinator.admin.AdminClient;
import org.morphogen.epoch.DeltaCodec;
import org.morphogen.epoch.Epoch;
import org.morphogen.protocol.v1.AdminServiceGrpc;
import org.morphogen.protocol.v1.ClusterView;
import org.morphogen.protocol.v1.ClusterViewServiceGrpc;
import org.morphogen.protocol.v1.GetViewRequest;
import org.morphogen.protocol.v1.RecoverRequest;
import org.morphogen.protocol.v1.StatusRequest;
import org.morphogen.transport.TlsSettings;

/** A leader whose party follows a chain, and nodes that lost their rows long after the snapshot. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LostRowsTest {
    private static final long SEED = 7;
    private static final int WINDOW = 4;
    private static final int MIDDLE = (WINDOW - 1) / 2;
    private static final int BLOCKS = 12;

    @TempDir
    Path folder;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private TestParty party;
    private ReplicaNode first;
    private ReplicaNode second;
    private Coordinator leader;
    private String parent = "0x" + "ab".repeat(32);
    private long block = SEED;

    @BeforeEach
    void start() throws IOException {
        party = new TestParty(folder);
        party.writeSnapshot("first", SEED);
        first = new ReplicaNode("n1", party.zooKeeper()).start();
        second = new ReplicaNode("n2", party.zooKeeper()).start();
        record(BLOCKS);
        leader = lead("c1");
        awaitThat("a leader", () -> Optional.of(leader).filter(one -> one.leadingTerm() > 0));
        new AdminClient(List.of(leader.endpoint()), TlsSettings.NONE, TestParty.PATIENCE)
                .publish("first", false, _ -> {});
        awaitView(view -> ready(view).size() == 2 && view.getServing().getHead().getEpoch() == BLOCKS);
    }

    @AfterEach
    void stop() {
        leader.close();
        first.close();
        second.close();
        party.close();
    }

    /** Blocks that change nothing. */
    private void record(int count) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            String hash = randomHash();
            lines.append(
                    "{\"number\":\"0x%x\",\"hash\":\"%s\",\"parentHash\":\"%s\",\"stateRoot\":\"%s\",\"diffs\":[]}\n"
                            .formatted(++block, hash, parent, randomHash()));
            parent = hash;
        }
        Path file = folder.resolve("blocks.jsonl");
        String before = Files.exists(file) ? Files.readString(file) : "";
        Files.writeString(file, before + lines);
    }

    private String randomHash() {
        byte[] hash = new byte[32];
        random.nextBytes(hash);
        return "0x" + HexFormat.of().formatHex(hash);
    }

    private Coordinator lead(String id) {
        CoordinatorSettings usual = party.settings(id);
        Coordinator coordinator = new Coordinator(
                new CoordinatorSettings(
                        usual.party(),
                        id,
                        usual.listen(),
                        usual.advertise(),
                        usual.snapshots(),
                        2,
                        usual.zookeeper(),
                        usual.tls(),
                        usual.retiredGenerationGrace(),
                        usual.loadTimeout(),
                        Optional.empty(),
                        Optional.of(folder.resolve("blocks.jsonl")),
                        WINDOW),
                TestParty.QUICK);
        coordinator.start();
        return coordinator;
    }

    @Test
    void aNodeWithoutItsDiskBeginsAnewAndIsReadyOnceItHasItsRows() throws IOException {
        Epoch base = lose(first);

        awaitThat("the line", () -> Optional.of(first.lacksRows()).filter(lacks -> lacks && hasHead(first, BLOCKS)));
        RecoverRequest order = first.recoveries().getFirst();
        assertThat(order.getDonorsList()).containsExactly(second.endpoint());
        assertThat(order.getBeginAt().getFoundDigest()).isEqualTo(DeltaCodec.bytes(base.digest()));
        assertThat(order.getBeginAt().getEpoch().getEpoch()).isEqualTo(BLOCKS - WINDOW + 1 + MIDDLE);
        assertThat(first.line()).hasSize(WINDOW - MIDDLE);
        assertThat(ready(view())).containsExactly("n2");

        // Another leader goes on from there, and the node follows while it has no rows.
        leader.close();
        record(2 * WINDOW);
        leader = lead("c2");

        awaitView(view -> view.getServing().getHead().getEpoch() == BLOCKS + 2 * WINDOW);
        awaitThat("the line", () -> Optional.of(first).filter(node -> hasHead(node, BLOCKS + 2 * WINDOW)));
        assertThat(ready(view())).containsExactly("n2");
        long begun =
                first.recoveries().stream().filter(RecoverRequest::hasBeginAt).count();
        assertThat(begun).as("it goes on from where it was").isOne();
        assertThat(first.recoveries().getLast().getTerm())
                .isGreaterThan(first.recoveries().getFirst().getTerm());
        assertThat(first.recoveries().getLast().getDonorsList()).containsExactly(second.endpoint());

        first.takeRows();
        awaitView(view -> ready(view).size() == 2);
        assertThat(view().getServing().getStalled()).isEmpty();
    }

    @Test
    void damagedRowsAndLogsAreRecoveredFrom() {
        first.kill();
        awaitView(view -> ready(view).equals(List.of("n2")));
        first.damageRows();
        first.start();
        awaitThat("donors", () -> first.recoveries().stream().findFirst());
        assertThat(first.recoveries()).noneMatch(RecoverRequest::hasBeginAt);
        first.takeRows();
        awaitView(view -> ready(view).size() == 2);

        second.kill();
        awaitView(view -> ready(view).equals(List.of("n1")));
        second.damageLog();
        second.start();
        awaitThat("the line", () -> Optional.of(second).filter(node -> hasHead(node, BLOCKS)));
        assertThat(second.recoveries().getFirst().getBeginAt().getFoundDigest()).isEmpty();
        assertThat(second.recoveries().getFirst().getDonorsList()).containsExactly(first.endpoint());
        second.takeRows();
        awaitView(view -> ready(view).size() == 2);
    }

    @Test
    void withoutAnotherReplicaItIsToldWhatToDo() {
        second.kill();
        awaitView(view -> ready(view).equals(List.of("n1")));
        lose(first);

        ClusterView stalled = awaitView(view -> !view.getServing().getStalled().isEmpty());
        assertThat(stalled.getServing().getStalled()).isEqualTo("Rows of a shard are lost.");
        String why = TestParty.calling(
                leader.endpoint(),
                channel -> AdminServiceGrpc.newBlockingStub(channel)
                        .status(StatusRequest.getDefaultInstance())
                        .getStalledOrThrow(1));
        assertThat(why)
                .contains("shard 0")
                .contains("n1 stands at epoch 0")
                .contains("n2 does not answer")
                .contains("publish --again");
        assertThat(ready(stalled)).isEmpty();
        assertThat(first.recoveries())
                .as("nobody is told to throw rows away for nothing")
                .isEmpty();

        second.start();
        awaitThat("the line", () -> Optional.of(first).filter(node -> hasHead(node, BLOCKS)));
        first.takeRows();
        awaitView(view ->
                ready(view).size() == 2 && view.getServing().getStalled().isEmpty());
    }

    /** The epoch that it stands at when it is started again. */
    private Epoch lose(ReplicaNode node) {
        node.kill();
        node.loseDisk();
        awaitView(view -> !ready(view).contains("n1"));
        node.start();
        return awaitThat("the snapshot", () -> node.line().stream().findFirst()).orElseThrow();
    }

    private static boolean hasHead(ReplicaNode node, long epoch) {
        return node.line().stream().anyMatch(known -> known.number() == epoch);
    }

    private ClusterView view() {
        return TestParty.calling(
                leader.endpoint(),
                channel -> ClusterViewServiceGrpc.newBlockingStub(channel).get(GetViewRequest.getDefaultInstance()));
    }

    private ClusterView awaitView(Predicate<ClusterView> wanted) {
        return awaitThat("a view", () -> Optional.of(view()).filter(wanted)).orElseThrow();
    }
}
