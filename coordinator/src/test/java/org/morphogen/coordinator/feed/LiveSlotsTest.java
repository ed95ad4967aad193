package org.morphogen.coordinator.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.morphogen.row.Bytes32;
import org.morphogen.snapshot.BlockInfo;

/**
 * Slots that a real node's system calls write, after every block. Run with {@code -Danvil.path=FILE} (foundry's anvil)
 * and {@code -Plong}. Anvil calls the contract of block hashes; the others' calls are made up by writing their slots
 * between two blocks, which no trace tells either.
 */
@Tag("long")
@EnabledIfSystemProperty(named = "anvil.path", matches = ".+")
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class LiveSlotsTest {
    private static final int BLOCKS = 30;
    private static final String DEFAULT_FORK = "default";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {DEFAULT_FORK, "prague", "cancun"})
    void everySlotIsWhatTheNodeSays(String fork) throws IOException, InterruptedException {
        long seed = Long.getLong("anvil.seed", System.nanoTime());
        System.out.println("LiveSlotsTest " + fork + " seed " + seed);
        String[] options = fork.equals(DEFAULT_FORK) ? new String[0] : new String[] {"--hardfork", fork};
        try (Anvil anvil = Anvil.start(Path.of(System.getProperty("anvil.path")), options);
                JsonRpcFeed feed = new JsonRpcFeed(anvil.url(), limits())) {
            Story story = new Story(anvil, feed, new Random(seed));
            for (int i = 0; i < BLOCKS; i++) {
                story.block();
            }
            String snapshot = anvil.call("evm_snapshot", "[]").asText();
            for (int i = 0; i < 3; i++) {
                story.block();
            }
            assertThat(anvil.call("evm_revert", "['" + snapshot + "']").asBoolean())
                    .isTrue();
            for (int i = 0; i < BLOCKS; i++) {
                story.block();
            }
            assertThat(story.undone).as("seed %d", seed).isEqualTo(1);
            assertThat(story.blockHashes()).as("seed %d", seed).isEqualTo(fork.equals("cancun") ? 0 : 2 * BLOCKS);
            story.assertRecordedAlike(folder.resolve("recorded.jsonl"));
        }
    }

    private static FeedLimits limits() {
        return new FeedLimits(Duration.ofSeconds(30), Duration.ofMillis(20), 64 << 20, 4);
    }

    /** Makes blocks, and follows each with the feed. */
    private static final class Story {
        private final Anvil anvil;
        private final JsonRpcFeed feed;
        private final Random random;
        private final AnvilSession session;
        private final Replay replay;
        private final BlockInfo base;
        private final List<FeedStep> steps = new ArrayList<>();
        /** All slots that may have been written so far, by what the standards say of them. */
        private final TreeSet<SlotKey> watched = new TreeSet<>();

        private int undone;

        Story(Anvil anvil, JsonRpcFeed feed, Random random) throws IOException {
            this.anvil = anvil;
            this.feed = feed;
            this.random = random;
            this.session = new AnvilSession(anvil, random);
            this.base = anvil.head();
            this.replay = new Replay(base, Map.of());
            for (String queue : SystemSlotsTest.QUEUES) {
                for (int slot = 0; slot < 4; slot++) {
                    watched.add(key(queue, slot));
                }
            }
        }

        void block() throws IOException, InterruptedException {
            systemCalls();
            BlockInfo block = session.block();
            watched.add(key(SystemSlotsTest.BLOCK_HASHES, block.number() - 1));
            follow();
            assertThat(replay.applied().getLast()).isEqualTo(block);
            Map<String, String> said = new HashMap<>();
            Map<String, String> told = new HashMap<>();
            for (SlotKey key : watched) {
                said.put(key.toString(), word(key));
                told.put(key.toString(), replay.slot(key.address(), key.slot()).toString());
            }
            assertThat(told).as("at block %d", block.number()).isEqualTo(said);
        }

        /** How many block hashes there are now. */
        long blockHashes() {
            return watched.stream()
                    .filter(key -> key.address().toString().equals(SystemSlotsTest.BLOCK_HASHES))
                    .filter(key -> !Words.isZero(replay.slot(key.address(), key.slot())))
                    .count();
        }

        void assertRecordedAlike(Path file) throws InterruptedException {
            BlockFeed played = new PlayedFeed(new ArrayList<>(steps));
            new BlockRecorder(played, Duration.ZERO, block -> {}).record(base, Long.MAX_VALUE, file);
            Replay again = new Replay(base, Map.of());
            List<FeedStep> recorded = new ArrayList<>();
            try (RecordedFeed feed = new RecordedFeed(file)) {
                FeedStep step = feed.next(again.applied(), Wanted.ACCOUNTS_AND_SLOTS, Duration.ZERO);
                while (again.take(step)) {
                    recorded.add(step);
                    step = feed.next(again.applied(), Wanted.ACCOUNTS_AND_SLOTS, Duration.ZERO);
                }
            }
            assertThat(recorded).isEqualTo(steps);
        }

        /** What the next block's system calls would write, as far as anvil makes none. */
        private void systemCalls() {
            long time = Long.decode(anvil.call("eth_getBlockByNumber", "['latest',false]")
                            .get("timestamp")
                            .asText())
                    + 1
                    + random.nextInt(24);
            anvil.call("evm_setNextBlockTimestamp", "[" + time + "]");
            write(key(SystemSlotsTest.BEACON_ROOTS, time % 8191), time);
            write(key(SystemSlotsTest.BEACON_ROOTS, time % 8191 + 8191), 1 + random.nextInt(1000));
            for (String queue : SystemSlotsTest.QUEUES) {
                write(key(queue, random.nextInt(4)), random.nextInt(3));
            }
        }

        private void write(SlotKey key, long word) {
            watched.add(key);
            anvil.call(
                    "anvil_setStorageAt",
                    "['" + key.address() + "','" + Hex.ofWord(key.slot()) + "','" + Chains.word(word) + "']");
        }

        private String word(SlotKey key) {
            return anvil.call("eth_getStorageAt", "['" + key.address() + "','" + Hex.ofWord(key.slot()) + "','latest']")
                    .asText();
        }

        private void follow() throws InterruptedException {
            FeedStep step = feed.next(replay.applied(), Wanted.ACCOUNTS_AND_SLOTS, Duration.ZERO);
            while (replay.take(step)) {
                steps.add(step);
                undone += step instanceof FeedStep.Undo ? 1 : 0;
                step = feed.next(replay.applied(), Wanted.ACCOUNTS_AND_SLOTS, Duration.ZERO);
            }
        }

        private static SlotKey key(String address, long slot) {
            try {
                return new SlotKey(Hex.address("test", address), Bytes32.parse(Chains.word(slot)));
            } catch (BadJson bad) {
                throw new AssertionError(bad);
            }
        }
    }

    /** Gives these steps, then nothing. */
    private record PlayedFeed(List<FeedStep> steps) implements BlockFeed {
        @Override
        public FeedStep next(List<BlockInfo> applied, Wanted wanted, Duration wait) {
            return steps.isEmpty() ? new FeedStep.Nothing() : steps.removeFirst();
        }

        @Override
        public void close() {}
    }
}
