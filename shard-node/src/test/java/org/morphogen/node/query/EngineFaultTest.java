package org.morphogen.node.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.DeltaCodec;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.node.control.NodeState;
import org.morphogen.node.engine.HostEngine;
import org.morphogen.node.engine.ScalarEngine;
import org.morphogen.node.epoch.EpochKeeper;
import org.morphogen.node.fixture.BreakingEngine;
import org.morphogen.node.fixture.Chain;
import org.morphogen.node.fixture.GatedEngine;
import org.morphogen.node.fixture.MadeSnapshot;
import org.morphogen.node.fixture.NodeClient;
import org.morphogen.node.fixture.QueryClient;
import org.morphogen.node.fixture.QueryNode;
import org.morphogen.node.fixture.Question;
import org.morphogen.node.fixture.SnapshotServer;
import org.morphogen.node.fixture.TableSpec;
import org.morphogen.protocol.v1.HeldGeneration;
import org.morphogen.protocol.v1.NodeStatus;
import org.morphogen.protocol.v1.QueryAnswer;
import org.morphogen.protocol.v1.QueryRequest;
import org.morphogen.protocol.v1.ReadRowsRequest;

/** A node whose engine cannot scan any more: it says so, sends everybody elsewhere, and loses nothing. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class EngineFaultTest {
    private static final long SEED = Long.getLong("morphogen.seed", 20261121);
    private static final String FAULT = "The device is lost. Start the node anew.";

    @TempDir
    private Path folder;

    private final GatedEngine gate = new GatedEngine();
    private final BreakingEngine engine = new BreakingEngine(gate);
    private MadeSnapshot snapshot;
    private Chain chain;
    private QueryNode node;
    private QueryClient client;
    private NodeClient leader;

    @BeforeEach
    void start() {
        snapshot = MadeSnapshot.make(folder.resolve("snapshot"), SEED, new TableSpec("t", 32, 2, 384, 256));
        chain = new Chain(snapshot, new SplittableRandom(SEED));
        open(engine);
        try (SnapshotServer server = new SnapshotServer(snapshot.folder())) {
            node.holder().generations().hold(1, snapshot.wish(0, 1, server.endpoint()));
            node.holder().awaitComplete(1);
        }
        assertThat(client.ask(query(1)).hasRows()).isTrue();
    }

    private void open(HostEngine with) {
        node = new QueryNode(0, folder.resolve("node"), with, new QueryLimits(64, 4096, 64));
        client = new QueryClient(node.endpoint());
        leader = new NodeClient(node.endpoint());
    }

    @AfterEach
    void stop() {
        gate.open();
        leader.close();
        client.close();
        node.close();
    }

    @Test
    void isNotReadyAndTellsWhy() {
        assertThat(leader.status(1).getState()).isEqualTo(NodeState.READY.name());

        engine.breakDown(FAULT);

        NodeStatus status = leader.status(1);
        assertThat(status.getState()).isEqualTo(NodeState.DEGRADED.name());
        HeldGeneration held = status.getGenerations(0);
        assertThat(held.getChunksReady()).isZero();
        assertThat(held.getBytesReady()).isZero();
        assertThat(held.getChunksWanted()).isEqualTo(snapshot.chunkIds().size());
        assertThat(held.getProblem()).isEqualTo(FAULT);
        assertThat(held.getWantsReplica()).as("its rows are on disk").isFalse();
    }

    @Test
    void isDegradedThoughItShallHoldNothing() {
        node.holder().generations().drop(1, 0, 1);
        assertThat(leader.status(1).getState()).isEqualTo(NodeState.READY.name());

        engine.breakDown(FAULT);

        assertThat(leader.status(1).getState()).isEqualTo(NodeState.DEGRADED.name());
    }

    @Test
    void whoIsAboardAndWhoComesLaterIsSentElsewhere() {
        gate.shut();
        client.send(query(2));
        await().until(() -> gate.waiting() > 0);
        engine.breakDown(FAULT);
        gate.open();

        assertRefused(client.answer(2));
        assertRefused(client.ask(query(3)));
    }

    @Test
    void rowsAreNotReadAnyMore() {
        engine.breakDown(FAULT);

        ReadRowsRequest request = ReadRowsRequest.newBuilder()
                .setTerm(1)
                .setGeneration(1)
                .setEpoch(chain.head().number())
                .setEpochMark(ByteString.copyFrom(chain.head().mark()))
                .setTable("t")
                .build();
        assertThatThrownBy(() -> leader.control().readRows(request))
                .satisfies(refused -> assertThat(
                                Failures.fromStatus("node", refused).reason())
                        .isEqualTo(FailureReason.NOT_SERVING));
    }

    @Test
    void followsTheChainAndIsWellAfterARestart() {
        apply(chain.next(20));
        Epoch fork = chain.head();
        apply(chain.next(20));
        engine.breakDown(FAULT);

        chain.rewind(fork);
        assertThat(keeper().rewind(fork.digest())).isEqualTo(fork);
        for (int block = 0; block < 3; block++) {
            apply(chain.next(20));
        }
        assertThat(DeltaCodec.read(leader.status(1).getGenerations(0).getHead()))
                .isEqualTo(chain.head());

        leader.close();
        client.close();
        node.close();
        open(new ScalarEngine());
        node.holder().awaitComplete(1);

        assertThat(keeper().epochs().head().epoch()).isEqualTo(chain.head());
        assertThat(client.ask(query(4)).hasRows()).isTrue();
        assertThat(leader.status(1).getState()).isEqualTo(NodeState.READY.name());
    }

    private EpochKeeper keeper() {
        return node.holder().generations().find(1).orElseThrow().keeper().orElseThrow();
    }

    private void apply(Delta delta) {
        assertThat(keeper().apply(delta, new HashSet<>(snapshot.chunkIds()))).isEqualTo(chain.head());
    }

    private QueryRequest query(long id) {
        return Question.oneRow(snapshot, snapshot.manifest().tables().getFirst(), 7)
                .at(chain.head())
                .to(0, id)
                .build();
    }

    private static void assertRefused(QueryAnswer answer) {
        assertThat(answer.getFailure().getReason()).isEqualTo(FailureReason.NOT_SERVING.name());
        assertThat(answer.getFailure().getMessage()).doesNotContain("device");
    }
}
