package org.morphogen.node.shake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.node.epoch.EpochKeeper;

/**
 * A node's epochs under schedules that a seed decides: blocks, reorganisations, merging, checkpoints, chunks that come and
 * go, stops and kills at any point, and queries for any epoch. Play one again with {@code -Dmorphogen.seed=...}.
 */
class ShakenEpochsTest {
    private static final long SEED = Long.getLong("morphogen.seed", 20261201);
    private static final boolean REPLAY = Long.getLong("morphogen.seed") != null;
    private static final ShakenClasses CLASSES = new ShakenClasses(
            EpochKeeper.class,
            Set.of(
                    "org.morphogen.node.epoch",
                    "org.morphogen.node.carousel",
                    "org.morphogen.node.chunk",
                    "org.morphogen.node.control",
                    "org.morphogen.node.engine.Accumulators"));

    @TempDir(factory = InMemory.class)
    private Path folder;

    private final Map<String, Integer> outcomes = new TreeMap<>();

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void everyEpochIsExactWhateverTheSchedule() {
        tell(REPLAY ? 1 : 100);
        if (!REPLAY) {
            assertThat(outcomes)
                    .containsKeys("query at the head", "query before it", "killed", "entered", "EPOCH_REPLACED");
        }
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void theSameSeedGivesTheSameSchedule() {
        for (long seed = SEED; seed < SEED + 3; seed++) {
            assertThat(tell(seed)).isEqualTo(tell(seed)).isNotEqualTo(tell(seed + 1));
        }
    }

    @Test
    @Tag("long")
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void manySchedules() {
        tell(Integer.getInteger("morphogen.stories", 20_000));
    }

    private void tell(int stories) {
        for (long seed = SEED; seed < SEED + stories; seed++) {
            tell(seed);
        }
        System.out.println("shaken epochs: " + outcomes);
    }

    /** Tells the story of a seed; its trace. */
    private String tell(long seed) {
        Path own = folder.resolve(Long.toString(seed));
        Schedule schedule = new Schedule(seed);
        try (LoggedErrors errors = new LoggedErrors()) {
            schedule.start("story", () -> story(own, seed).run());
            schedule.run();
            assertThat(schedule.waiting()).as("threads that wait for ever").isEmpty();
            assertThat(errors.all()).as("errors in the log").isEmpty();
            return schedule.trace();
        } catch (AssertionError | RuntimeException wrong) {
            throw new AssertionError("seed " + seed + "\n" + wrong.getMessage(), wrong);
        } finally {
            remove(own);
        }
    }

    private Runnable story(Path own, long seed) {
        try {
            return Class.forName("org.morphogen.node.story.Story", true, CLASSES)
                    .asSubclass(Runnable.class)
                    .getConstructor(Path.class, Path.class, long.class, Map.class)
                    .newInstance(folder.resolve("snapshot"), own, seed, outcomes);
        } catch (ReflectiveOperationException wrong) {
            throw new LinkageError("no such story", wrong);
        }
    }

    private static void remove(Path own) {
        try (Stream<Path> tree = Files.walk(own)) {
            for (Path file : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
