package org.morphogen.node.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.epoch.Delta;
import org.morphogen.node.carousel.Carousel;
import org.morphogen.node.control.NodeCondition;
import org.morphogen.node.engine.ScalarEngine;
import org.morphogen.node.fixture.Chain;
import org.morphogen.node.fixture.Holder;
import org.morphogen.node.fixture.MadeSnapshot;
import org.morphogen.node.fixture.SnapshotServer;
import org.morphogen.node.fixture.TableSpec;
import org.morphogen.snapshot.ChunkId;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class EpochMetricsTest {
    private static final long SEED = Long.getLong("morphogen.seed", 20261127);

    @TempDir
    private Path folder;

    @Test
    void tellWhereTheEpochsAre() {
        MadeSnapshot snapshot =
                MadeSnapshot.make(folder.resolve("snapshot"), SEED, new TableSpec("t", 32, 3, 384, 256));
        try (Holder node = new Holder(0, folder.resolve("node"), 16 << 20);
                Carousel carousel = new Carousel(1, new ScalarEngine());
                SnapshotServer server = new SnapshotServer(snapshot.folder())) {
            NodeMetrics metrics = new NodeMetrics(
                    "scalar", new NodeCondition(node.generations()), node.budget(), carousel, node.generations());
            assertThat(metrics.registry().scrape())
                    .contains("morphogen_epoch_head NaN\n", "morphogen_delta_log_bytes 0.0\n");
            node.generations().hold(1, snapshot.wish(0, 1, server.endpoint()));
            node.awaitComplete(1);
            Chain chain = new Chain(snapshot, new SplittableRandom(SEED));
            long bytes = 0;
            for (int block = 0; block < 3; block++) {
                Delta delta = chain.next(9);
                bytes += delta.entryBytes();
                node.generations()
                        .find(1)
                        .flatMap(held -> held.keeper())
                        .orElseThrow()
                        .apply(delta, Set.<ChunkId>copyOf(snapshot.chunkIds()));
            }
            await().until(() -> metrics.registry().scrape().contains("morphogen_segments_behind 0.0\n"));
            assertThat(metrics.registry().scrape())
                    .contains(
                            "morphogen_epoch_head 10.0\n",
                            "morphogen_epoch_head_block "
                                    + (double) chain.head().block().number() + "\n",
                            "morphogen_epoch_oldest 7.0\n",
                            "morphogen_delta_memory_bytes " + (double) bytes + "\n")
                    .doesNotContain("morphogen_delta_log_bytes 0.0\n");
        }
    }
}
