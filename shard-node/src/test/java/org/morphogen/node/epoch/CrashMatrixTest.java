package org.morphogen.node.epoch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.epoch.Epoch;
import org.morphogen.node.fixture.Holder;
import org.morphogen.node.fixture.SnapshotServer;
import org.morphogen.node.pull.DiskPartFile;
import org.morphogen.row.Bytes32;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.Sha256;

/**
 * Nodes in processes of their own that are gone at once after each step that a crash may follow, several times in a row on
 * one folder. What they acknowledged must be found again, and every epoch of the window be exact.
 */
class CrashMatrixTest {
    private static final long SEED = Long.getLong("morphogen.seed", 20261123);
    private static final int KILLS_IN_A_ROW = 5;
    private static final int MOVES_BETWEEN = 2;
    private static final long MEMORY = 64L << 20;

    /** How often at most each step is seen before the end. */
    private static final Map<StepWatch.Step, Integer> TIMES = new EnumMap<>(Map.of(
            StepWatch.Step.LOG_WRITTEN, 15,
            StepWatch.Step.LOG_SYNCED, 15,
            StepWatch.Step.LOG_ROLLED, 3,
            StepWatch.Step.SEGMENT_MERGED, 100,
            StepWatch.Step.CHECKPOINT_BEGUN, 18,
            StepWatch.Step.CHECKPOINT_SYNCED, 18,
            StepWatch.Step.CHECKPOINT_NAMED, 18,
            StepWatch.Step.LOG_SHORTENED, 2));

    @TempDir
    private Path folder;

    @Test
    @Timeout(value = 180, unit = TimeUnit.SECONDS)
    void aNodeFindsWhatItAcknowledged() throws IOException, InterruptedException {
        rounds(20, SEED);
    }

    @Test
    @Tag("long")
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void manyTimes() throws IOException, InterruptedException {
        rounds(240, SEED + 1);
    }

    private void rounds(int kills, long seed) throws IOException, InterruptedException {
        SplittableRandom random = new SplittableRandom(seed);
        StepWatch.Step[] steps = TIMES.keySet().toArray(StepWatch.Step[]::new);
        for (int first = 0; first < kills; first += KILLS_IN_A_ROW) {
            Directory directory = new Directory(folder.resolve("rows-" + first), seed + first);
            for (int kill = first; kill < first + KILLS_IN_A_ROW; kill++) {
                StepWatch.Step step = steps[kill % steps.length];
                directory.kill(step, 1 + random.nextInt(TIMES.getOrDefault(step, 1)), random);
            }
        }
    }

    /** What a node said once it had acknowledged so many moves: its newest log file, and how long that was. */
    private record Said(int moves, String log, long bytes) {
        private static final Pattern LINE = Pattern.compile("(\\d+) (deltas\\S+) (\\d+)");

        static List<Said> read(Path file) throws IOException {
            return Files.readAllLines(file).stream()
                    .map(LINE::matcher)
                    .filter(Matcher::matches)
                    .map(line ->
                            new Said(Integer.parseInt(line.group(1)), line.group(2), Long.parseLong(line.group(3))))
                    .toList();
        }
    }

    /** One node's folder, and what is known of it. */
    private static final class Directory {
        private final Path folder;
        private final Path node;
        private final Path generation;
        private final long seed;
        private final CrashScript script;

        Directory(Path folder, long seed) {
            this.folder = folder;
            this.node = folder.resolve("node");
            this.seed = seed;
            this.script = new CrashScript(folder.resolve("snapshot"), seed);
            try (SnapshotServer server = new SnapshotServer(script.snapshot().folder());
                    Holder holder = open()) {
                holder.generations().hold(1, script.snapshot().wish(0, 1, server.endpoint()));
                holder.awaitComplete(1);
                this.generation = holder.directory().generation(1).path();
            }
        }

        private Holder open() {
            return new Holder(0, node, MEMORY, DiskPartFile::open, CrashScript.settings(StepWatch.NONE));
        }

        void kill(StepWatch.Step step, int times, SplittableRandom random) throws IOException, InterruptedException {
            String what = step + " " + times + " times, after " + script.done() + " moves, seed " + seed;
            int before = script.done();
            List<Said> said = run(step, times, what);
            int acknowledged = said.isEmpty() ? before : said.getLast().moves();
            assertThat(acknowledged).as(what).isEqualTo(before + said.size());
            boolean lost = !said.isEmpty() && loseWhatWasNotSynced(said.getLast(), random);
            script.skipTo(acknowledged);
            try (Holder holder = open()) {
                holder.awaitComplete(1);
                EpochKeeper keeper =
                        holder.generations().find(1).orElseThrow().keeper().orElseThrow();
                assertHead(keeper, lost, what);
                assertWindow(keeper, what);
                for (int i = 0; i < MOVES_BETWEEN; i++) {
                    script.next().tell(keeper, script.held());
                }
                assertWindow(keeper, what);
            }
        }

        /** What it said. */
        private List<Said> run(StepWatch.Step step, int times, String what) throws IOException, InterruptedException {
            Path said = folder.resolve("said");
            Process process = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "--add-modules",
                            "jdk.incubator.vector",
                            "--enable-native-access=ALL-UNNAMED",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-Xmx256m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            CrashMain.class.getName(),
                            node.toString(),
                            folder.resolve("child-snapshot").toString(),
                            Long.toString(seed),
                            Integer.toString(script.done()),
                            step.name(),
                            Integer.toString(times)))
                    .redirectOutput(said.toFile())
                    .redirectError(folder.resolve("errors").toFile())
                    .start();
            try {
                assertThat(process.waitFor()).as(() -> what + ": " + errors()).isEqualTo(CrashMain.KILLED);
            } finally {
                process.destroyForcibly();
            }
            return Said.read(said);
        }

        private String errors() {
            try {
                return Files.readString(folder.resolve("errors"));
            } catch (IOException unreadable) {
                return unreadable.toString();
            }
        }

        /** Cuts or spoils what was written behind the last acknowledged record; true if something was cut off. */
        private boolean loseWhatWasNotSynced(Said last, SplittableRandom random) throws IOException {
            Path log = CrashMain.newestLog(generation);
            boolean sameFile = log.endsWith(last.log());
            // A new file's first bytes are synced before it is used.
            long synced = sameFile ? last.bytes() : LogFile.first();
            try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
                if (file.length() <= synced || random.nextInt(3) == 0) {
                    return false;
                }
                if (random.nextBoolean()) {
                    file.setLength(synced + random.nextLong(file.length() - synced));
                } else {
                    spoil(file, synced + random.nextLong(file.length() - synced));
                }
                return true;
            }
        }

        private static void spoil(RandomAccessFile file, long at) throws IOException {
            file.seek(at);
            int old = file.read();
            file.seek(at);
            file.write(old ^ 0x55);
        }

        private void assertHead(EpochKeeper keeper, boolean lost, String what) {
            Epoch found = keeper.epochs().head().epoch();
            Epoch acknowledged = script.chain().head();
            if (!found.equals(acknowledged)) {
                assertThat(lost).as("%s: a lost move is there: %s", what, found).isFalse();
                assertThat(script.next().after())
                        .as("%s: the move that was being made", what)
                        .isEqualTo(found);
            }
        }

        private void assertWindow(EpochKeeper keeper, String what) {
            List<Epoch> window = keeper.epochs().window().reversed().stream()
                    .map(KnownEpoch::epoch)
                    .toList();
            List<Epoch> all = script.chain().epochs();
            assertThat(window.getLast()).as(what).isEqualTo(all.getLast());
            assertThat(window.getFirst().number()).as("%s: oldest epoch", what).isLessThanOrEqualTo(script.oldest());
            assertThat(all.subList(all.size() - window.size(), all.size()))
                    .as(what)
                    .isEqualTo(window);
            window.forEach(epoch -> assertHolds(keeper, epoch, what));
        }

        private void assertHolds(EpochKeeper keeper, Epoch epoch, String what) {
            try (Timeline.Pin pin = keeper.epochs().pin(epoch.number(), epoch.mark())) {
                for (ChunkId id : script.snapshot().chunkIds()) {
                    assertThat(keeper.digest(id, pin.epoch()).map(Bytes32::hex))
                            .as("%s: chunk %s at %s", what, id, epoch)
                            .contains(Sha256.of(script.chain().chunk(epoch, id)));
                }
            }
        }
    }
}
