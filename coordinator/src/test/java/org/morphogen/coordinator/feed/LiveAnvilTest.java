package org.morphogen.coordinator.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.morphogen.failure.MorphogenException;
import org.morphogen.snapshot.BlockInfo;

/**
 * Follows a real node. Run with {@code -Danvil.path=FILE} (foundry's anvil) and {@code -Plong}; with {@code
 * -Danvil.keep=FOLDER} the session is kept there, in the files that {@link RecordedAnvilTest} reads.
 */
@Tag("long")
@EnabledIfSystemProperty(named = "anvil.path", matches = ".+")
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class LiveAnvilTest {
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"london", "cancun", "prague"})
    void followsItThroughReorganisations(String fork) throws IOException, InterruptedException {
        long seed = Long.getLong("anvil.seed", System.nanoTime());
        System.out.println("LiveAnvilTest " + fork + " seed " + seed);
        try (Anvil anvil = Anvil.start(Path.of(System.getProperty("anvil.path")), "--hardfork", fork);
                JsonRpcFeed feed = new JsonRpcFeed(anvil.url(), limits())) {
            Story story = new Story(anvil, feed, new Random(seed));
            story.grow(8);
            String snapshot = anvil.call("evm_snapshot", "[]").asText();
            story.grow(3);
            assertThat(anvil.call("evm_revert", "['" + snapshot + "']").asBoolean())
                    .isTrue();
            story.grow(4);
            assertThat(story.undone).as("seed %d", seed).isEqualTo(1);

            anvil.call("anvil_rollback", "[2]");
            assertThatThrownBy(story::follow)
                    .isInstanceOf(MorphogenException.class)
                    .hasMessageContaining("was taken before");
            story.grow(2);
            assertThat(story.undone).as("seed %d", seed).isEqualTo(2);
            assertThat(story.replay.applied().getLast()).isEqualTo(anvil.head());
            story.keep(fork);
            recordsTheSame(anvil, story);
        }
    }

    private void recordsTheSame(Anvil anvil, Story story) throws InterruptedException {
        Path file = folder.resolve("recorded.jsonl");
        BlockInfo base = story.replay.applied().getFirst();
        try (JsonRpcFeed feed = new JsonRpcFeed(anvil.url(), limits())) {
            assertThat(new BlockRecorder(feed, SHORT, block -> {}).record(base, Long.MAX_VALUE, file))
                    .isEqualTo(anvil.head());
        }
        Replay replay = new Replay(base, story.first.accounts());
        try (RecordedFeed feed = new RecordedFeed(file)) {
            while (replay.take(feed.next(replay.applied(), Wanted.ACCOUNTS_AND_SLOTS, Duration.ZERO))) {
                assertThat(replay.applied()).isNotEmpty();
            }
        }
        assertThat(replay.applied()).isEqualTo(story.replay.applied());
        story.last.assertHeldBy(replay);
    }

    private static FeedLimits limits() {
        return new FeedLimits(Duration.ofSeconds(30), Duration.ofMillis(20), 64 << 20, 4);
    }

    /** Makes blocks, and follows them with the feed. */
    private static final class Story {
        private final AnvilSession session;
        private final JsonRpcFeed feed;
        private final List<String> lines = new ArrayList<>();
        private final List<String> states = new ArrayList<>();
        private final ExpectedState first;
        private final Replay replay;
        private ExpectedState last;
        private int undone;

        Story(Anvil anvil, JsonRpcFeed feed, Random random) throws IOException {
            this.session = new AnvilSession(anvil, random);
            this.feed = feed;
            states.add(session.stateLine(anvil.head()));
            this.first = ExpectedState.read(states.getFirst());
            this.last = first;
            this.replay = new Replay(first.block(), first.accounts());
        }

        void grow(int blocks) throws IOException, InterruptedException {
            for (int i = 0; i < blocks; i++) {
                BlockInfo block = session.block();
                lines.add(session.line(block));
                states.add(session.stateLine(block));
            }
            follow();
            last = ExpectedState.read(states.getLast());
            last.assertHeldBy(replay);
        }

        void follow() throws InterruptedException {
            for (FeedStep step = next(); replay.take(step); step = next()) {
                undone += step instanceof FeedStep.Undo ? 1 : 0;
            }
        }

        void keep(String fork) throws IOException {
            String folder = System.getProperty("anvil.keep", "");
            if (!folder.isEmpty()) {
                Files.writeString(Path.of(folder, fork + "-blocks.jsonl"), String.join("", lines));
                Files.writeString(Path.of(folder, fork + "-states.jsonl"), String.join("", states));
            }
        }

        private FeedStep next() throws InterruptedException {
            return feed.next(replay.applied(), Wanted.ACCOUNTS_AND_SLOTS, SHORT);
        }
    }
}
