package org.morphogen.coordinator.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.AccountValue;
import org.morphogen.row.Bytes32;
import org.morphogen.row.CodeDictionary;
import org.morphogen.snapshot.BlockInfo;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class BlockRecorderTest {
    private static final BlockInfo BASE = Chains.info('a', 1);

    @TempDir
    private Path folder;

    @Test
    void whatIsRecordedIsWhatTheFeedGave() throws InterruptedException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<FeedStep> steps = new ArrayList<>();
        for (BlockInfo block : Chains.infos('a', 2, 30)) {
            steps.add(new FeedStep.Append(randomChanges(block, Chains.info('a', block.number() - 1), random)));
        }
        Path file = folder.resolve("blocks.jsonl");
        List<BlockInfo> told = new ArrayList<>();

        BlockInfo newest = new BlockRecorder(new ScriptedFeed(steps), Duration.ZERO, told::add).record(BASE, 99, file);

        assertThat(newest).isEqualTo(Chains.info('a', 30));
        assertThat(told).isEqualTo(Chains.infos('a', 2, 30));
        assertThat(replay(file)).as("seed %d", seed).isEqualTo(steps);
    }

    @Test
    void recordsReorganisationsAndStopsAtTheBlockAskedFor() throws InterruptedException {
        Random none = new Random(1);
        List<FeedStep> steps = List.of(
                new FeedStep.Append(randomChanges(Chains.info('a', 2), BASE, none)),
                new FeedStep.Append(randomChanges(Chains.info('a', 3), Chains.info('a', 2), none)),
                new FeedStep.Undo(BASE),
                new FeedStep.Append(randomChanges(Chains.info('b', 2), BASE, none)),
                new FeedStep.Append(randomChanges(Chains.info('b', 3), Chains.info('b', 2), none)),
                new FeedStep.Append(randomChanges(Chains.info('b', 4), Chains.info('b', 3), none)),
                new FeedStep.Append(randomChanges(Chains.info('b', 5), Chains.info('b', 4), none)));
        Path file = folder.resolve("blocks.jsonl");

        new BlockRecorder(new ScriptedFeed(steps), Duration.ZERO, block -> {}).record(BASE, 4, file);

        assertThat(replay(file)).isEqualTo(steps.subList(0, 6));
    }

    @Test
    void keepsAFileThatIsThere() throws Exception {
        Path file = Files.writeString(folder.resolve("there"), "precious");

        assertThatThrownBy(() ->
                        new BlockRecorder(new ScriptedFeed(List.of()), Duration.ZERO, b -> {}).record(BASE, 4, file))
                .isInstanceOfSatisfying(
                        MorphogenException.class,
                        e -> assertThat(e.reason()).isEqualTo(FailureReason.SETTINGS_INVALID));
        assertThat(file).hasContent("precious");
    }

    @Test
    void saysWhenTheChainIsGone() {
        ScriptedFeed feed = new ScriptedFeed(List.of(new FeedStep.TooDeep("it is another chain")));

        assertThatThrownBy(() ->
                        new BlockRecorder(feed, Duration.ZERO, b -> {}).record(BASE, 4, folder.resolve("none.jsonl")))
                .isInstanceOf(MorphogenException.class)
                .hasMessageContaining("it is another chain");
    }

    private static List<FeedStep> replay(Path file) throws InterruptedException {
        List<FeedStep> steps = new ArrayList<>();
        List<BlockInfo> applied = new ArrayList<>(List.of(BASE));
        try (RecordedFeed feed = new RecordedFeed(file)) {
            while (true) {
                FeedStep step = feed.next(applied, Wanted.ACCOUNTS_AND_SLOTS, Duration.ZERO);
                switch (step) {
                    case FeedStep.Append(BlockChanges changes) -> applied.add(changes.block());
                    case FeedStep.Undo(BlockInfo to) ->
                        applied.subList(applied.indexOf(to) + 1, applied.size()).clear();
                    case FeedStep.TooDeep(String why) -> throw new AssertionError(why);
                    case FeedStep.Nothing _ -> {
                        return steps;
                    }
                }
                steps.add(step);
            }
        }
    }

    private static BlockChanges randomChanges(BlockInfo block, BlockInfo parent, Random random) {
        List<AccountChange> accounts = new ArrayList<>();
        List<SlotChange> slots = new ArrayList<>();
        List<Credit> credits = new ArrayList<>();
        for (Address address : addresses(random)) {
            // An account of which only slots are told may be in neither.
            int kind = random.nextInt(5);
            if (kind == 0) {
                credits.add(new Credit(
                        address, BigInteger.valueOf(1 + random.nextInt(9)).multiply(BigInteger.TEN.pow(9))));
            } else if (kind > 1) {
                boolean gone = random.nextInt(4) == 0;
                accounts.add(new AccountChange(address, gone ? Optional.empty() : Optional.of(value(random))));
            }
            words(random)
                    .forEach((slot, word) -> slots.add(new SlotChange(
                            address, slot, word.equals(Words.ZERO) ? Optional.empty() : Optional.of(word))));
        }
        return new BlockChanges(block, parent.hash(), accounts, slots, credits);
    }

    private static Set<Address> addresses(Random random) {
        Set<Address> addresses = new TreeSet<>();
        for (int i = random.nextInt(20); i > 0; i--) {
            byte[] bytes = new byte[Address.LENGTH];
            random.nextBytes(bytes);
            addresses.add(Address.of(bytes));
        }
        return addresses;
    }

    private static AccountValue value(Random random) {
        return new AccountValue(
                new BigInteger(1 + random.nextInt(128), random).setBit(0),
                random.nextLong(),
                random.nextBoolean() ? CodeDictionary.EMPTY_CODE : word(random));
    }

    private static SortedMap<Bytes32, Bytes32> words(Random random) {
        SortedMap<Bytes32, Bytes32> words = new TreeMap<>(Words.ORDER);
        for (int i = random.nextInt(4); i > 0; i--) {
            words.put(word(random), random.nextBoolean() ? word(random) : Words.ZERO);
        }
        return words;
    }

    private static Bytes32 word(Random random) {
        byte[] bytes = new byte[Bytes32.LENGTH];
        random.nextBytes(bytes);
        return Bytes32.of(bytes);
    }

    /** Gives these steps, whatever is applied; then nothing. */
    private static final class ScriptedFeed implements BlockFeed {
        private final List<FeedStep> steps;

        ScriptedFeed(List<FeedStep> steps) {
            this.steps = new ArrayList<>(steps);
        }

        @Override
        public FeedStep next(List<BlockInfo> applied, Wanted wanted, Duration wait) {
            return steps.isEmpty() ? new FeedStep.Nothing() : steps.removeFirst();
        }

        @Override
        public void close() {}
    }
}
