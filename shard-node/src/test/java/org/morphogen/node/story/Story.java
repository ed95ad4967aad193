package org.morphogen.node.story;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.epoch.EpochSettings;
import org.morphogen.node.epoch.KnownEpoch;
import org.morphogen.node.epoch.LiveChunk;
import org.morphogen.node.epoch.StepWatch;
import org.morphogen.node.epoch.Timeline;
import org.morphogen.node.fixture.MadeSnapshot;
import org.morphogen.node.fixture.TableSpec;
import org.morphogen.node.shake.Schedule;
import org.morphogen.snapshot.ChunkId;

/**
 * A node's lives, one after another on the same rows: a leader tells it of blocks, chunks come and go, queries ask for any
 * epoch, the disk fails now and then, and each life ends by a stop or at any point by a kill. All that is decided by the
 * seed and the schedule.
 */
public final class Story implements Runnable {
    private static final long FOREVER_NANOS = 3_600_000_000_000L;
    private static final int MOST_MOVES = 14;
    private static final int MOST_LIVES = 3;
    private static final int MOST_EPOCHS = 6;
    /** About what a move takes, its pause included. */
    private static final long MOVE_NANOS = 300_000;

    private static final int[] LOG_BYTES = {1, 70 << 10, 140 << 10};
    private static final Map<Path, MadeSnapshot> SNAPSHOTS = new HashMap<>();

    private final Schedule schedule = Schedule.now();
    private final Path folder;
    private final SplittableRandom random;
    private final Map<String, Integer> outcomes;
    private final Truth truth;
    private final EpochSettings settings;
    private final boolean faults;
    private final ChunkId wanderer;
    private final Set<ChunkId> mayLack = new HashSet<>();
    private Set<ChunkId> changing = Set.of();
    private Set<ChunkId> wished;
    private long faultsSoFar;
    /** Deltas in the log, in the order in which they came. */
    private final List<Logged> log = new ArrayList<>();

    private record Logged(long epoch, long bytes) {}

    /**
     * For a thread of a schedule.
     *
     * @param snapshot folder of the snapshot that all stories begin with; made by the first
     * @param folder empty, its own
     * @param outcomes counts of what happened, added to
     */
    public Story(Path snapshot, Path folder, long seed, Map<String, Integer> outcomes) {
        this.folder = folder;
        this.random = new SplittableRandom(seed);
        this.outcomes = outcomes;
        int windowEpochs = 1 + random.nextInt(MOST_EPOCHS);
        this.truth = new Truth(SNAPSHOTS.computeIfAbsent(snapshot, Story::make), windowEpochs, random.split());
        this.faults = random.nextInt(3) == 0;
        this.settings = new EpochSettings(
                windowEpochs,
                64 << 20,
                LOG_BYTES[random.nextInt(LOG_BYTES.length)],
                new Watch(random.split())::reached);
        List<ChunkId> ids = truth.snapshot().chunkIds();
        this.wanderer = ids.get(random.nextInt(ids.size()));
        this.wished = new HashSet<>(ids);
    }

    private static MadeSnapshot make(Path folder) {
        return MadeSnapshot.make(
                folder, 1, new TableSpec("narrow", 16, 2, 3072, 2048), new TableSpec("wide", 512, 1, 256, 128));
    }

    Schedule schedule() {
        return schedule;
    }

    Truth truth() {
        return truth;
    }

    @Override
    public void run() {
        try {
            Path path = folder.resolve("life-0");
            Files.createDirectories(path);
            int lives = 1 + random.nextInt(MOST_LIVES);
            for (int number = 1; number < lives; number++) {
                Path next = folder.resolve("life-" + number);
                live(path, next, random.nextBoolean());
                path = next;
            }
            live(path, folder.resolve("last"), false);
        } catch (InterruptedException stopped) {
            throw new AssertionError(stopped);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Lives in one folder and leaves another. */
    private void live(Path path, Path next, boolean killed) throws InterruptedException, IOException {
        Life life = new Life(schedule, truth.snapshot(), path, wished, settings, 1 + random.nextInt(3));
        note("life with " + life.keeper().epochs().span());
        truth.comeBack(window(life));
        int moves = 2 + random.nextInt(MOST_MOVES);
        Thread leader = begin(life, moves);
        if (killed) {
            schedule.sleep(random.nextLong(1 + moves * MOVE_NANOS));
            copy(path, next);
            life.kill();
            count("killed");
        } else {
            leader.join();
            life.end();
            life.awaitActors();
            sleepUntilAllIsDone();
            new Afterwards(this, life, settings).check(new Leader(this, life, random.split(), 0));
            copy(path, next);
            count("stopped");
        }
        life.close();
        if (life.budget().usedBytes() != 0) {
            throw new AssertionError("memory is still taken: " + life.budget().usedBytes());
        }
    }

    /** Starts all who act on a node; who ends it is the leader. */
    private Thread begin(Life life, int moves) {
        List<Thread> loaders = wished.stream()
                .sorted()
                .map(id -> life.act("load " + id, () -> load(life, id)))
                .toList();
        life.act("mover", new Mover(this, life, random.split(), wanderer, loaders)::run);
        for (int i = 0; i < 2; i++) {
            life.act("reader-" + i, new Reader(this, life, random.split())::run);
            life.act("rider-" + i, new Rider(this, life, random.split())::run);
        }
        return life.act("leader", new Leader(this, life, random.split(), moves)::run);
    }

    /** Until nobody but the clock could give anybody a turn, and all pauses are over. */
    void sleepUntilAllIsDone() throws InterruptedException {
        schedule.sleep(FOREVER_NANOS);
    }

    private void load(Life life, ChunkId id) {
        try {
            life.load(id);
        } catch (MorphogenException refused) {
            if (!life.isKilled() && !mayLack(id)) {
                throw new AssertionError("chunk " + id + " was not taken in", refused);
            }
        }
    }

    private static List<Epoch> window(Life life) {
        return life.keeper().epochs().window().reversed().stream()
                .map(KnownEpoch::epoch)
                .toList();
    }

    /** What a crash of the process leaves of its files at this point. */
    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> tree = Files.walk(from)) {
            for (Path file : tree.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }

    /** Pins an epoch if the node lets it, which is checked. */
    Optional<Timeline.Pin> pin(Life life, Epoch epoch) {
        Truth.Claim claim = truth.claim(epoch);
        Optional<Timeline.Pin> pin = Optional.empty();
        Optional<FailureReason> refused = Optional.empty();
        try {
            pin = Optional.of(life.keeper().epochs().pin(epoch.number(), epoch.mark()));
        } catch (MorphogenException why) {
            refused = Optional.of(why.reason());
            count(why.reason().name());
        }
        if (!life.isKilled()) {
            truth.judge(epoch, claim, refused);
        }
        return pin;
    }

    void requireLeft(Life life, LiveChunk chunk) {
        if (life.chunk(chunk.id()).filter(now -> now == chunk).isPresent()) {
            throw new AssertionError("chunk " + chunk.id() + " is held but has no rows");
        }
    }

    /** A delta that changes these chunks is under way. */
    void changing(Collection<ChunkId> chunks) {
        changing = Set.copyOf(chunks);
        changing.stream().filter(id -> !wished.contains(id)).forEach(mayLack::add);
    }

    /** The node is told to hold it no more. */
    void absent(ChunkId id) {
        wished.remove(id);
        if (changing.contains(id)) {
            mayLack.add(id);
        }
    }

    /** The node is told to hold it. */
    void present(ChunkId id) {
        wished.add(id);
        if (changing.contains(id)) {
            mayLack.add(id);
        }
    }

    /** Whether the node may be without something that changed a chunk. */
    boolean mayLack(ChunkId id) {
        return mayLack.contains(id);
    }

    /** The node has taken a delta. */
    void logged(Epoch epoch, long bytes) {
        log.add(new Logged(epoch.number(), bytes));
    }

    /** Bytes of what the log must hold for a node whose chunks are on disk as they were at that epoch. */
    long loggedSince(long epoch) {
        return log.stream()
                .dropWhile(logged -> logged.epoch() < epoch)
                .mapToLong(Logged::bytes)
                .sum();
    }

    void requireFault(FailureReason reason) {
        if (reason != FailureReason.STORAGE_FAILED || faultsSoFar == 0) {
            throw new AssertionError("refused: " + reason);
        }
    }

    void count(String outcome) {
        note(outcome);
        outcomes.merge(outcome, 1, Integer::sum);
    }

    void note(String what) {
        schedule.note(what);
    }

    /** Lets the disk fail now and then, and sees how the log is shortened. */
    private final class Watch {
        private static final int ONE_FAULT_IN = 12;
        private final SplittableRandom chances;

        Watch(SplittableRandom chances) {
            this.chances = chances;
        }

        void reached(StepWatch.Step step) {
            count(step.name());
            switch (step) {
                case LOG_WRITTEN, CHECKPOINT_BEGUN, CHECKPOINT_SYNCED -> {
                    if (faults && chances.nextInt(ONE_FAULT_IN) == 0) {
                        faultsSoFar++;
                        throw new MorphogenException(FailureReason.STORAGE_FAILED, "No space is left.");
                    }
                }
                // The snapshot's rows lead nowhere any more.
                case LOG_SHORTENED -> mayLack.add(wanderer);
                case LOG_SYNCED, LOG_ROLLED, SEGMENT_MERGED, CHECKPOINT_NAMED, LOG_BEGUN -> {}
            }
        }
    }
}
