package org.morphogen.coordinator.leadership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.coordinator.TestZooKeeper;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.zookeeper.ClusterPaths;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class FencedWriterTest {
    private static final ClusterPaths PATHS = new ClusterPaths(1);

    @TempDir
    Path folder;

    private TestZooKeeper zooKeeper;
    private CuratorFramework client;

    @BeforeEach
    void startZooKeeper() {
        zooKeeper = new TestZooKeeper(folder);
        client = zooKeeper.connect();
    }

    @AfterEach
    void stopZooKeeper() {
        client.close();
        zooKeeper.close();
    }

    @Test
    void aLeaderWhoseTermIsOverCannotWrite() throws Exception {
        LeaderTerm old = new TermKeeper(client, PATHS, "c1").raise(0);
        FencedWriter writer = new FencedWriter(client, PATHS, old);
        writer.commit(List.of(Write.create(PATHS.serving(), new byte[] {1})));

        LeaderTerm next = new TermKeeper(client, PATHS, "c2").raise(0);
        OfficeLost lost = catchThrowableOfType(
                OfficeLost.class, () -> writer.commit(List.of(Write.update(PATHS.serving(), new byte[] {2}))));

        assertThat(lost.failure().reason()).isEqualTo(FailureReason.STALE_TERM);
        assertThat(client.getData().forPath(PATHS.serving())).containsExactly(1);
        new FencedWriter(client, PATHS, next).commit(List.of(Write.update(PATHS.serving(), new byte[] {3})));
        assertThat(client.getData().forPath(PATHS.serving())).containsExactly(3);
    }

    @Test
    void aTransactionIsMadeWholeOrNotAtAll() throws Exception {
        FencedWriter writer = new FencedWriter(client, PATHS, new TermKeeper(client, PATHS, "c1").raise(0));

        OfficeLost lost = catchThrowableOfType(
                OfficeLost.class,
                () -> writer.commit(List.of(
                        Write.create(PATHS.serving(), new byte[] {1}),
                        Write.update(PATHS.generation(9), new byte[] {1}))));

        assertThat(lost.failure().reason()).isEqualTo(FailureReason.UNAVAILABLE);
        assertThat(client.checkExists().forPath(PATHS.serving())).isNull();
    }

    @Test
    void aChangeTooLargeForZooKeeperIsRefusedBeforeItEndsTheConnection() throws Exception {
        FencedWriter writer = new FencedWriter(client, PATHS, new TermKeeper(client, PATHS, "c1").raise(0));

        MorphogenException refused = catchThrowableOfType(
                MorphogenException.class,
                () -> writer.commit(List.of(Write.create(PATHS.assignment(1), new byte[FencedWriter.MAX_BYTES + 1]))));

        assertThat(refused.reason()).isEqualTo(FailureReason.REQUEST_TOO_LARGE);
        assertThat(refused).hasMessageContaining(PATHS.assignment(1));
        int most = FencedWriter.MAX_BYTES - PATHS.assignment(1).length();
        writer.commit(List.of(Write.create(PATHS.assignment(1), new byte[most])));
        assertThat(client.getData().forPath(PATHS.assignment(1))).hasSize(most);
    }

    @Test
    void termsGrowAlsoAboveOnesThatOnlyNodesHaveSeen() {
        TermKeeper keeper = new TermKeeper(client, PATHS, "c1");

        assertThat(keeper.raise(0).number()).isEqualTo(1);
        assertThat(keeper.raise(0).number()).isEqualTo(2);
        assertThat(keeper.raise(100).number()).isEqualTo(101);
        assertThat(keeper.raise(5).number()).isEqualTo(102);
    }
}
