package org.morphogen.node.handover;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.node.engine.ScalarEngine;
import org.morphogen.node.epoch.EpochKeeper;
import org.morphogen.node.epoch.KnownEpoch;
import org.morphogen.node.epoch.StepWatch;
import org.morphogen.node.epoch.Timeline;
import org.morphogen.node.fixture.Holder;
import org.morphogen.node.fixture.Line;
import org.morphogen.node.fixture.MadeSnapshot;
import org.morphogen.node.fixture.QueryNode;
import org.morphogen.node.fixture.SnapshotServer;
import org.morphogen.node.fixture.TableSpec;
import org.morphogen.node.generation.HoldWish;
import org.morphogen.node.pull.DiskPartFile;
import org.morphogen.node.query.QueryLimits;
import org.morphogen.row.Bytes32;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.Sha256;

/**
 * Nodes in processes of their own that are gone at once at some step of taking chunks over, several times in a row on one
 * folder. Afterwards the same orders bring the node to the head, and every epoch of its window is exact.
 */
class HandoverCrashTest {
    static final long MEMORY = 64L << 20;

    private static final long SEED = Long.getLong("morphogen.seed", 20261205);
    private static final int KILLS_IN_A_ROW = 4;

    /** How often at least each step is made while a node that was away begins anew. */
    private static final Map<StepWatch.Step, Integer> TIMES = new EnumMap<>(Map.of(
            StepWatch.Step.LOG_SHORTENED, 1,
            StepWatch.Step.LOG_BEGUN, 1,
            StepWatch.Step.CHECKPOINT_BEGUN, 18,
            StepWatch.Step.CHECKPOINT_SYNCED, 16,
            StepWatch.Step.CHECKPOINT_NAMED, 16,
            StepWatch.Step.LOG_WRITTEN, 5,
            StepWatch.Step.LOG_SYNCED, 5,
            StepWatch.Step.SEGMENT_MERGED, 10));

    /** Those that only a node which takes rows over makes in this way come first. */
    private static final List<StepWatch.Step> STEPS = List.of(
            StepWatch.Step.LOG_SHORTENED,
            StepWatch.Step.LOG_BEGUN,
            StepWatch.Step.CHECKPOINT_BEGUN,
            StepWatch.Step.CHECKPOINT_NAMED,
            StepWatch.Step.CHECKPOINT_SYNCED,
            StepWatch.Step.LOG_WRITTEN,
            StepWatch.Step.LOG_SYNCED,
            StepWatch.Step.SEGMENT_MERGED);

    @TempDir
    private Path folder;

    private Optional<Surroundings> surroundings = Optional.empty();

    @AfterEach
    void stop() {
        surroundings.ifPresent(Surroundings::close);
    }

    static MadeSnapshot snapshot(Path folder, long seed) {
        return MadeSnapshot.make(
                folder, seed, new TableSpec("narrow", 32, 3, 1280, 256), new TableSpec("wide", 1024, 1, 3072, 2048, 2));
    }

    @Test
    @Timeout(value = 120, unit = TimeUnit.SECONDS)
    void aNodeThatIsKilledGoesOn() throws IOException, InterruptedException {
        rounds(KILLS_IN_A_ROW, SEED);
    }

    @Test
    @Tag("long")
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void manyTimes() throws IOException, InterruptedException {
        rounds(120, SEED + 1);
    }

    private void rounds(int kills, long seed) throws IOException, InterruptedException {
        Surroundings around = new Surroundings(folder, seed);
        surroundings = Optional.of(around);
        SplittableRandom random = new SplittableRandom(seed);
        int killed = 0;
        for (int first = 0; first < kills; first += KILLS_IN_A_ROW) {
            Path node = folder.resolve("node-" + first);
            around.leaveBehind(node);
            for (int kill = first; kill < first + KILLS_IN_A_ROW; kill++) {
                StepWatch.Step step = STEPS.get(kill % STEPS.size());
                int times = 1 + random.nextInt(TIMES.getOrDefault(step, 1));
                String what = step + " " + times + " times, kill " + kill + ", seed " + seed;
                if (around.run(node, step, times, what) == CrashMain.KILLED) {
                    killed++;
                }
            }
            around.assertGoesOn(node, "after kill " + first + " and on, seed " + seed);
        }
        // One that comes back finds some of it done, so that a step is made less often.
        assertThat(killed).isGreaterThan(kills / 2);
    }

    /** A donor at the head, the snapshot, and a leader. */
    private static final class Surroundings implements AutoCloseable {
        private final Path folder;
        private final long seed;
        private final MadeSnapshot snapshot;
        private final Line line;
        private final SnapshotServer server;
        private final QueryNode donor;

        Surroundings(Path folder, long seed) {
            this.folder = folder;
            this.seed = seed;
            this.snapshot = snapshot(folder.resolve("snapshot"), seed);
            this.line = new Line(snapshot, new SplittableRandom(seed));
            this.server = new SnapshotServer(snapshot.folder());
            this.donor = new QueryNode(
                    holder(folder.resolve("donor")), 0, new ScalarEngine(), new QueryLimits(64, 4096, 64));
            donor.holder().generations().hold(1, wish());
            donor.holder().awaitComplete(1);
            line.blocks(CrashLeader.BLOCKS, Pair.keeper(donor));
        }

        private HoldWish wish() {
            return snapshot.wish(0, 1, server.endpoint());
        }

        private static Holder holder(Path folder) {
            return new Holder(0, folder, MEMORY, DiskPartFile::open, CrashLeader.settings(StepWatch.NONE));
        }

        /** The folder of a node that has followed a few blocks and was away since. */
        void leaveBehind(Path node) {
            Line start = new Line(snapshot, new SplittableRandom(seed));
            try (Holder holder = holder(node)) {
                holder.generations().hold(1, wish());
                holder.awaitComplete(1);
                start.blocks(
                        3, holder.generations().find(1).orElseThrow().keeper().orElseThrow());
            }
        }

        /** The exit code. */
        int run(Path node, StepWatch.Step step, int times, String what) throws IOException, InterruptedException {
            Path errors = folder.resolve("errors");
            Process process = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "--add-modules",
                            "jdk.incubator.vector",
                            "--enable-native-access=ALL-UNNAMED",
                            "--sun-misc-unsafe-memory-access=allow",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-Xmx256m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            CrashMain.class.getName(),
                            node.toString(),
                            folder.resolve("child-snapshot").toString(),
                            Long.toString(seed),
                            donor.endpoint().toString(),
                            server.endpoint().toString(),
                            step.name(),
                            Integer.toString(times)))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(errors.toFile())
                    .start();
            try {
                int code = process.waitFor();
                assertThat(code).as("%s: %s", what, Files.readString(errors)).isIn(0, CrashMain.KILLED);
                return code;
            } finally {
                process.destroyForcibly();
            }
        }

        void assertGoesOn(Path node, String what) throws InterruptedException {
            try (Holder holder = holder(node)) {
                new CrashLeader(line, donor.endpoint()).bringToHead(holder);
                assertWindow(holder, CrashLeader.WINDOW, what);
            }
            // And it needs nobody any more.
            try (Holder holder = holder(node)) {
                holder.awaitComplete(1);
                assertWindow(holder, 1, what);
            }
        }

        private void assertWindow(Holder holder, int least, String what) {
            EpochKeeper keeper =
                    holder.generations().find(1).orElseThrow().keeper().orElseThrow();
            List<KnownEpoch> window = keeper.epochs().window();
            assertThat(window).as(what).hasSizeGreaterThanOrEqualTo(least);
            assertThat(window.getFirst().epoch())
                    .as(what)
                    .isEqualTo(line.chain().head());
            for (KnownEpoch known : window) {
                try (Timeline.Pin pin = keeper.epochs()
                        .pin(known.epoch().number(), known.epoch().mark())) {
                    for (ChunkId id : snapshot.chunkIds()) {
                        assertThat(keeper.digest(id, pin.epoch()).map(Bytes32::hex))
                                .as("%s: chunk %s at %s", what, id, known.epoch())
                                .contains(Sha256.of(line.chain().chunk(known.epoch(), id)));
                    }
                }
                assertThat(holder.addedCodes(1, "wide", known.epoch()))
                        .as("%s: dictionary at %s", what, known.epoch())
                        .isEqualTo(line.chain().codes(known.epoch(), "wide"));
            }
        }

        @Override
        public void close() {
            donor.close();
            server.close();
        }
    }
}
