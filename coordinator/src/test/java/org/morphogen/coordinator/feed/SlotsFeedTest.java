package org.morphogen.coordinator.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.snapshot.BlockInfo;

/** Slots that system calls wrote: no trace tells of them. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SlotsFeedTest {
    private static final BlockInfo BASE = Chains.info('a', 10);
    private static final List<BlockInfo> APPLIED = List.of(BASE);
    private static final List<Chains.Block> CHAIN = Chains.branch('a', Chains.info('a', 9), 16);
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String QUEUE = SystemSlotsTest.QUEUES.getFirst();
    private static final int SYSTEM_SLOTS = 19;

    private FakeEthereumNode node;
    private JsonRpcFeed feed;

    @TempDir
    private Path folder;

    @BeforeEach
    void open() throws IOException {
        node = new FakeEthereumNode();
        feed = new JsonRpcFeed(node.url(), JsonRpcFeedTest.limits(4));
        node.serve(CHAIN);
    }

    @AfterEach
    void close() {
        feed.close();
        node.close();
    }

    @Test
    void tellsWhatSystemCallsWroteAfterEachBlock() throws InterruptedException {
        for (Chains.Block block : CHAIN) {
            systemCalls(block.info());
        }
        List<BlockInfo> applied = new ArrayList<>(APPLIED);
        while (feed.next(applied, Wanted.ACCOUNTS_AND_SLOTS, Duration.ZERO)
                instanceof FeedStep.Append(BlockChanges changes)) {
            BlockInfo block = changes.block();
            assertThat(told(changes)).hasSize(SYSTEM_SLOTS).containsAll(systemWords(block));
            assertThat(changes.slots().stream().filter(s -> s.after().isPresent()))
                    .hasSize(systemWords(block).size());
            assertThat(changes.accounts()).hasSize(1);
            applied.add(block);
        }
        assertThat(applied).isEqualTo(Chains.infos('a', 10, 16));
    }

    @Test
    void aChainWithoutSystemContractsHasNothingInTheirSlots() throws InterruptedException {
        assertThat(next().slots())
                .hasSize(SYSTEM_SLOTS)
                .allSatisfy(slot -> assertThat(slot.after()).isEmpty());
    }

    @Test
    void whatTheNodeSaysOfASlotStandsWhateverTheTraceTells() throws InterruptedException {
        node.serve(withStorage("'0x0':'0x7','0x1':'0x7','0x9':'0x7'"));
        node.holds(Chains.info('a', 11), QUEUE, "0x0", word(3));

        assertThat(told(next()))
                .hasSize(SYSTEM_SLOTS + 1)
                .contains(
                        QUEUE + " 0x0 = " + Chains.word(3), QUEUE + " 0x1 = none", QUEUE + " 0x9 = " + Chains.word(7));
    }

    @Test
    void whoWantsAccountsAloneGetsNoSlotsAndAsksForNone() throws InterruptedException {
        node.serve(withStorage("'0x0':'0x7','0x9':'0x7'"));

        BlockChanges changes = appended(feed.next(APPLIED, Wanted.ACCOUNTS, LONG));

        assertThat(changes.accounts()).hasSize(1);
        assertThat(changes.slots()).isEmpty();
        assertThat(node.callsOf("eth_getStorageAt")).isZero();
    }

    @Test
    void blocksReadAheadAreNotGivenToWhoWantsOthers() throws InterruptedException {
        systemCalls(Chains.info('a', 12));
        feed.next(APPLIED, Wanted.ACCOUNTS, LONG);
        List<BlockInfo> applied = Chains.infos('a', 10, 11);

        assertThat(told(appended(feed.next(applied, Wanted.ACCOUNTS_AND_SLOTS, LONG))))
                .containsAll(systemWords(Chains.info('a', 12)));
        assertThat(appended(feed.next(applied, Wanted.ACCOUNTS, LONG)).slots()).isEmpty();
    }

    @Test
    void asksForTheSlotsOfOneBlockInOneExchange() throws InterruptedException {
        next();

        assertThat(node.callsOf("eth_getStorageAt")).isEqualTo(4 * SYSTEM_SLOTS);
        assertThat(node.requests()).isEqualTo(1 + 1 + 4);
    }

    @Test
    void aReorganisationBetweenTraceAndStorageGivesTheNewBranch() throws InterruptedException {
        List<Chains.Block> other = Chains.joined(CHAIN.subList(0, 1), Chains.branch('b', BASE, 14));
        systemCalls(Chains.info('a', 11));
        systemCalls(Chains.info('b', 11));
        node.justBefore("eth_getStorageAt", () -> node.serve(other));

        BlockChanges changes = next();

        assertThat(changes.block()).isEqualTo(Chains.info('b', 11));
        assertThat(told(changes)).containsAll(systemWords(Chains.info('b', 11)));
    }

    @Test
    void saysThatTheNodeHasTheStateNoMore() {
        node.keepsStateFrom(14);

        assertLacking("error -32000, 'missing trie node'");
    }

    @Test
    void goesOnOnceTheNodeHasTheState() throws InterruptedException {
        node.keepsStateFrom(14);

        FeedStep step = feed.next(Chains.infos('a', 10, 13), Wanted.ACCOUNTS_AND_SLOTS, LONG);

        assertThat(appended(step).block()).isEqualTo(Chains.info('a', 14));
    }

    @Test
    void saysWhichCallTheNodeMustServe() {
        node.doesNotKnow("eth_getStorageAt");

        assertLacking("error -32601");
    }

    @Test
    void takesTheBlocksBeforeOneThatIsRefused() throws InterruptedException {
        node.holds(Chains.info('a', 13), QUEUE, "0x0", "null");

        assertThat(next().block()).isEqualTo(Chains.info('a', 11));
        List<BlockInfo> applied = Chains.infos('a', 10, 11);
        assertThat(appended(feed.next(applied, Wanted.ACCOUNTS_AND_SLOTS, LONG)).block())
                .isEqualTo(Chains.info('a', 12));
        assertThatThrownBy(() -> feed.next(Chains.infos('a', 10, 12), Wanted.ACCOUNTS_AND_SLOTS, Duration.ZERO))
                .hasMessageContaining("storage at block 13 with null");
    }

    @Test
    void triesAgainWithinTheWait() throws InterruptedException {
        node.justBefore("debug_trace", () -> node.fail(FakeEthereumNode.reply(503, "")));

        assertThat(next().slots()).hasSize(SYSTEM_SLOTS);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "17 | storage: is not text",
                "{} | storage: is not text",
                "'0x' | storage: is not 0x and 1 to 64 hex digits",
                "'zz' | storage: 'zz' is not 0x and hex digits",
                "'0x00000000000000000000000000000000000000000000000000000000000000001' | 1 to 64 hex digits",
            })
    void refusesWhatIsNoWord(String answer, String why) {
        node.holds(Chains.info('a', 11), QUEUE, "0x2", answer.replace('\'', '"'));

        assertUnavailable(why);
    }

    @Test
    void takesAWordWithoutLeadingZeros() throws InterruptedException {
        node.holds(Chains.info('a', 11), QUEUE, "0x2", "\"0x5\"");

        assertThat(told(next())).contains(QUEUE + " 0x2 = " + Chains.word(5));
    }

    @Test
    void aBlockWithoutItsTimeIsEnoughForAccountsAlone() throws IOException, InterruptedException {
        String heads = node.answer(RpcCall.body(List.of(RpcCall.head(10), RpcCall.head(11))))
                .replaceAll("\"timestamp\":\"[^\"]*\",", "");
        try (JsonRpcFeed narrow = new JsonRpcFeed(node.url(), JsonRpcFeedTest.limits(1))) {
            node.fail(FakeEthereumNode.reply(200, heads));
            assertThat(narrow.next(APPLIED, Wanted.ACCOUNTS, Duration.ZERO)).isInstanceOf(FeedStep.Append.class);
            node.fail(FakeEthereumNode.reply(200, heads));
            assertThatThrownBy(() -> narrow.next(APPLIED, Wanted.ACCOUNTS_AND_SLOTS, Duration.ZERO))
                    .isInstanceOf(MorphogenException.class)
                    .hasMessageContaining("block 11 without its timestamp");
        }
    }

    @Test
    void aGarbledReplyIsNothingWorseThanUnavailable() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        systemCalls(Chains.info('a', 11));
        String storage = node.answer(RpcCall.body(SystemSlots.of(11, Chains.timestamp(11)).stream()
                .map(slot -> RpcCall.storage(head(11), slot))
                .toList()));
        try (JsonRpcFeed narrow = new JsonRpcFeed(node.url(), JsonRpcFeedTest.limits(1))) {
            for (int i = 0; i < 200; i++) {
                String garbled = JsonRpcFaultsTest.garbled(storage, random);
                node.justBefore("debug_trace", () -> node.fail(FakeEthereumNode.reply(200, garbled)));
                Throwable thrown = catchThrowable(() -> narrow.next(APPLIED, Wanted.ACCOUNTS_AND_SLOTS, Duration.ZERO));
                if (thrown != null) {
                    assertThat(thrown).as("seed %d, round %d", seed, i).isInstanceOf(MorphogenException.class);
                }
            }
        }
    }

    @Test
    void aRecordedChainTellsTheSame() throws InterruptedException {
        node.serve(withStorage("'0x0':'0x7','0x9':'0x7'"));
        systemCalls(Chains.info('a', 11));
        List<FeedStep> live = new ArrayList<>();
        Path file = folder.resolve("blocks.jsonl");
        BlockFeed noting = new BlockFeed() {
            @Override
            public FeedStep next(List<BlockInfo> applied, Wanted wanted, Duration wait) throws InterruptedException {
                live.add(feed.next(applied, wanted, wait));
                return live.getLast();
            }

            @Override
            public void close() {}
        };

        new BlockRecorder(noting, Duration.ZERO, block -> {}).record(BASE, 11, file);

        try (RecordedFeed recorded = new RecordedFeed(file)) {
            assertThat(recorded.next(APPLIED, Wanted.ACCOUNTS_AND_SLOTS, LONG)).isEqualTo(live.getFirst());
        }
        assertThat(told(appended(live.getFirst())))
                .hasSize(SYSTEM_SLOTS + 1)
                .containsAll(systemWords(Chains.info('a', 11)));
    }

    private BlockChanges next() throws InterruptedException {
        return appended(feed.next(APPLIED, Wanted.ACCOUNTS_AND_SLOTS, LONG));
    }

    /** What the node holds after a block as if system calls had been made. */
    private void systemCalls(BlockInfo block) {
        long time = Chains.timestamp(block.number()) % 8191;
        node.holds(block, SystemSlotsTest.BEACON_ROOTS, hex(time), word(Chains.timestamp(block.number())));
        node.holds(block, SystemSlotsTest.BEACON_ROOTS, hex(time + 8191), word(root(block)));
        node.holds(block, SystemSlotsTest.BLOCK_HASHES, hex(block.number() - 1), word(root(block) + 1));
        for (String queue : SystemSlotsTest.QUEUES) {
            node.holds(block, queue, "0x3", word(root(block) + 2));
        }
    }

    /** What {@link #systemCalls} has the node hold, as {@link #told} says it. */
    private static List<String> systemWords(BlockInfo block) {
        long time = Chains.timestamp(block.number()) % 8191;
        List<String> words = new ArrayList<>(List.of(
                SystemSlotsTest.BEACON_ROOTS + " " + hex(time) + " = " + Chains.word(Chains.timestamp(block.number())),
                SystemSlotsTest.BEACON_ROOTS + " " + hex(time + 8191) + " = " + Chains.word(root(block)),
                SystemSlotsTest.BLOCK_HASHES + " " + hex(block.number() - 1) + " = " + Chains.word(root(block) + 1)));
        for (String queue : SystemSlotsTest.QUEUES) {
            words.add(queue + " 0x3 = " + Chains.word(root(block) + 2));
        }
        return words;
    }

    /** Some word that no other block has. */
    private static long root(BlockInfo block) {
        return 16 * Long.parseLong(block.hash().substring(50), 16);
    }

    /** The chain up to block 11, which sets these slots of the first queue. */
    private static List<Chains.Block> withStorage(String slots) {
        Chains.Block block = CHAIN.get(1);
        String trace = "[{'result':{'pre':{},'post':{'" + QUEUE + "':{'nonce':1,'storage':{" + slots + "}}}}}]";
        return List.of(
                CHAIN.getFirst(),
                new Chains.Block(
                        block.info(), block.parentHash(), block.transactions(), trace.replace('\'', '"'), "[]"));
    }

    private static List<String> told(BlockChanges changes) {
        return changes.slots().stream()
                .map(slot -> slot.address() + " " + Hex.ofWord(slot.slot()) + " = "
                        + slot.after().map(Object::toString).orElse("none"))
                .toList();
    }

    private static BlockHead head(long number) {
        return CHAIN.stream()
                .filter(block -> block.info().number() == number)
                .map(block ->
                        new BlockHead(block.info(), block.parentHash(), OptionalLong.empty(), List.of(), List.of()))
                .findFirst()
                .orElseThrow();
    }

    private static String hex(long number) {
        return Hex.ofNumber(number);
    }

    private static String word(long value) {
        return "\"" + Chains.word(value) + "\"";
    }

    private static BlockChanges appended(FeedStep step) {
        assertThat(step).isInstanceOf(FeedStep.Append.class);
        return ((FeedStep.Append) step).changes();
    }

    private void assertLacking(String answered) {
        assertUnavailable("answered for storage at block 11 with " + answered);
        assertUnavailable("serves eth_getStorageAt at a block's hash (EIP-1898)");
        assertUnavailable("follow an archive node, or publish a snapshot of a newer block");
    }

    private void assertUnavailable(String why) {
        assertThatThrownBy(() -> feed.next(APPLIED, Wanted.ACCOUNTS_AND_SLOTS, Duration.ZERO))
                .isInstanceOfSatisfying(
                        MorphogenException.class, e -> assertThat(e.reason()).isEqualTo(FailureReason.UNAVAILABLE))
                .hasMessageContaining(why);
    }
}
