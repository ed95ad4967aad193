package org.morphogen.coordinator.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Replays a session with a real node (made by LiveAnvilTest), and compares with what the node said at each block. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RecordedAnvilTest {
    private static final String BLOCKS = "london-blocks.jsonl";
    private static final String STATES = "london-states.jsonl";

    @TempDir
    private Path folder;

    @Test
    void theDiffsLeadToWhatTheNodeSaid() throws IOException, InterruptedException {
        Path blocks = Files.writeString(folder.resolve(BLOCKS), resource(BLOCKS));

        assertThat(follow(blocks)).as("reorganisations").isEqualTo(2);
    }

    @Test
    void soDoTheyWhenRecordedAgain() throws IOException, InterruptedException {
        Path blocks = Files.writeString(folder.resolve(BLOCKS), resource(BLOCKS));
        Path again = folder.resolve("again.jsonl");
        ExpectedState first = states().getFirst();
        try (RecordedFeed feed = new RecordedFeed(blocks)) {
            new BlockRecorder(feed, Duration.ZERO, block -> {}).record(first.block(), Long.MAX_VALUE, again);
        }

        assertThat(follow(again)).as("reorganisations").isEqualTo(2);
    }

    private static int follow(Path file) throws IOException, InterruptedException {
        List<ExpectedState> states = states();
        Map<String, ExpectedState> expected = new HashMap<>();
        states.forEach(s -> expected.put(s.block().hash(), s));
        Replay replay = new Replay(states.getFirst().block(), states.getFirst().accounts());
        int undone = 0;
        try (RecordedFeed feed = new RecordedFeed(file)) {
            for (FeedStep step = feed.next(replay.applied(), Wanted.ACCOUNTS_AND_SLOTS, Duration.ZERO);
                    replay.take(step);
                    step = feed.next(replay.applied(), Wanted.ACCOUNTS_AND_SLOTS, Duration.ZERO)) {
                undone += step instanceof FeedStep.Undo ? 1 : 0;
                Objects.requireNonNull(expected.get(replay.applied().getLast().hash()))
                        .assertHeldBy(replay);
            }
        }
        assertThat(replay.applied().getLast()).isEqualTo(states.getLast().block());
        return undone;
    }

    private static List<ExpectedState> states() throws IOException {
        List<ExpectedState> states = new ArrayList<>();
        for (String line : resource(STATES).lines().toList()) {
            states.add(ExpectedState.read(line));
        }
        return states;
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(RecordedAnvilTest.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
