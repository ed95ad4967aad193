package org.morphogen.coordinator.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.snapshot.BlockInfo;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class JsonRpcFeedTest {
    private static final BlockInfo BASE = Chains.info('a', 10);
    private static final List<Chains.Block> CHAIN =
            Chains.joined(Chains.branch('a', Chains.info('a', 4), 10), Chains.branch('a', BASE, 20));
    private static final Duration LONG = Duration.ofSeconds(30);

    private FakeEthereumNode node;
    private JsonRpcFeed feed;

    @BeforeEach
    void open() throws IOException {
        node = new FakeEthereumNode();
        feed = new JsonRpcFeed(node.url(), limits(4));
        node.serve(CHAIN);
    }

    @AfterEach
    void close() {
        feed.close();
        node.close();
    }

    @Test
    void givesTheBlocksOneAfterAnother() throws InterruptedException {
        List<BlockInfo> applied = new ArrayList<>(List.of(BASE));
        while (feed.next(applied, Wanted.ACCOUNTS, Duration.ZERO) instanceof FeedStep.Append(BlockChanges changes)) {
            assertThat(changes.isChildOf(applied.getLast())).isTrue();
            assertThat(changes.accounts())
                    .singleElement()
                    .satisfies(
                            a -> assertThat(a.after().orElseThrow().balance()).isEqualTo(BigInteger.valueOf('a')));
            applied.add(changes.block());
        }

        assertThat(applied).isEqualTo(Chains.infos('a', 10, 20));
        assertThat(feed.next(applied, Wanted.ACCOUNTS, Duration.ofMillis(5)))
                .as("it tells how old the newest block is")
                .isEqualTo(new FeedStep.Nothing(OptionalLong.of(Chains.timestamp(20))));
    }

    @Test
    void asksNothingUnlessAskedAndReadsOnlyAFewBlocksAhead() throws InterruptedException {
        assertThat(node.calls()).isEmpty();

        feed.next(List.of(BASE), Wanted.ACCOUNTS, LONG);
        assertThat(node.callsOf("debug_traceBlockByHash")).isEqualTo(4);
        int calls = node.calls().size();

        for (int last = 11; last <= 13; last++) {
            feed.next(Chains.infos('a', 10, last), Wanted.ACCOUNTS, LONG);
        }
        assertThat(node.calls()).hasSize(calls);
    }

    @Test
    void givesTheSameBlockAgainToWhoDidNotApplyIt() throws InterruptedException {
        assertThat(feed.next(List.of(BASE), Wanted.ACCOUNTS, LONG))
                .isEqualTo(feed.next(List.of(BASE), Wanted.ACCOUNTS, LONG));
    }

    @Test
    void waitsForTheNextBlock() throws InterruptedException {
        node.serve(CHAIN.subList(0, 6));
        Thread later = Thread.ofVirtual().start(() -> {
            await().until(() -> node.calls().size() >= 20);
            node.serve(CHAIN);
        });

        assertThat(feed.next(List.of(BASE), Wanted.ACCOUNTS, LONG)).isInstanceOf(FeedStep.Append.class);
        later.join();
    }

    @Test
    void undoesToWhereTheChainParted() throws InterruptedException {
        node.serve(Chains.joined(CHAIN.subList(0, 8), Chains.branch('b', Chains.info('a', 12), 16)));

        assertThat(feed.next(Chains.infos('a', 5, 15), Wanted.ACCOUNTS, LONG))
                .isEqualTo(new FeedStep.Undo(Chains.info('a', 12)));
        assertThat(appended(feed.next(Chains.infos('a', 5, 12), Wanted.ACCOUNTS, LONG)))
                .isEqualTo(Chains.info('b', 13));
    }

    @Test
    void undoesFurtherThanOneBatchOfHeads() throws InterruptedException {
        List<Chains.Block> old = Chains.branch('a', Chains.info('a', 0), 100);
        node.serve(Chains.joined(old.subList(0, 3), Chains.branch('b', Chains.info('a', 3), 100)));

        assertThat(feed.next(Chains.infos('a', 1, 100), Wanted.ACCOUNTS, LONG))
                .isEqualTo(new FeedStep.Undo(Chains.info('a', 3)));
    }

    @Test
    void undoesWhenTheBranchIsNoLonger() throws InterruptedException {
        node.serve(Chains.joined(CHAIN.subList(0, 8), Chains.branch('b', Chains.info('a', 12), 15)));

        assertThat(feed.next(Chains.infos('a', 10, 15), Wanted.ACCOUNTS, LONG))
                .isEqualTo(new FeedStep.Undo(Chains.info('a', 12)));
    }

    @Test
    void undoesWhenTheBranchIsShorter() throws InterruptedException {
        node.serve(Chains.joined(CHAIN.subList(0, 8), Chains.branch('b', Chains.info('a', 12), 13)));

        assertThat(feed.next(Chains.infos('a', 10, 15), Wanted.ACCOUNTS, LONG))
                .isEqualTo(new FeedStep.Undo(Chains.info('a', 12)));
    }

    @Test
    void aChainThatIsMerelyShorterUndoesNothing() throws InterruptedException {
        List<BlockInfo> applied = Chains.infos('a', 10, 15);
        node.serve(CHAIN.subList(0, 8));

        assertThatThrownBy(() -> feed.next(applied, Wanted.ACCOUNTS, Duration.ofMillis(50)))
                .isInstanceOfSatisfying(
                        MorphogenException.class, e -> assertThat(e.reason()).isEqualTo(FailureReason.UNAVAILABLE))
                .hasMessageContaining("has block 12 for its newest, and block 15 was taken before")
                .hasMessageContaining("goes on once the node has caught up");
        node.serve(CHAIN);
        assertThat(appended(feed.next(applied, Wanted.ACCOUNTS, LONG))).isEqualTo(Chains.info('a', 16));
    }

    @Test
    void aShorterChainThatGrowsInAnotherWayIsUndoneThen() throws InterruptedException {
        List<BlockInfo> applied = Chains.infos('a', 10, 15);
        node.serve(CHAIN.subList(0, 8));
        assertThatThrownBy(() -> feed.next(applied, Wanted.ACCOUNTS, Duration.ZERO))
                .isInstanceOf(MorphogenException.class);
        node.serve(Chains.joined(CHAIN.subList(0, 8), Chains.branch('b', Chains.info('a', 12), 13)));

        assertThat(feed.next(applied, Wanted.ACCOUNTS, LONG)).isEqualTo(new FeedStep.Undo(Chains.info('a', 12)));
    }

    @Test
    void atTheTipItLooksForOneBlockAlone() throws InterruptedException {
        List<BlockInfo> applied = Chains.infos('a', 10, 12);
        node.serve(CHAIN.subList(0, 8));

        assertThat(headsAskedFor(applied)).isEqualTo(1 + 4);
        assertThat(headsAskedFor(applied)).isEqualTo(1 + 1);
        assertThat(headsAskedFor(applied)).isEqualTo(1 + 1);
        assertThat(headsAskedFor(Chains.infos('a', 8, 10)))
                .as("of another block")
                .isEqualTo(1 + 4);
    }

    @Test
    void afterTheTipItLooksForSeveralBlocksAgain() throws InterruptedException {
        node.serve(CHAIN.subList(0, 8));
        headsAskedFor(Chains.infos('a', 10, 12));
        node.serve(CHAIN);

        assertThat(appended(feed.next(Chains.infos('a', 10, 12), Wanted.ACCOUNTS, LONG)))
                .isEqualTo(Chains.info('a', 13));
        assertThat(headsAskedFor(Chains.infos('a', 10, 13))).isEqualTo(1 + 4);
    }

    @Test
    void aReorganisationAtTheTipIsNoticed() throws InterruptedException {
        List<BlockInfo> applied = Chains.infos('a', 10, 15);
        node.serve(CHAIN.subList(0, 11));
        headsAskedFor(applied);
        node.serve(Chains.joined(CHAIN.subList(0, 8), Chains.branch('b', Chains.info('a', 12), 15)));

        assertThat(feed.next(applied, Wanted.ACCOUNTS, LONG)).isEqualTo(new FeedStep.Undo(Chains.info('a', 12)));
    }

    @Test
    void aNodeThatCatchesUpWithinTheWaitUndoesNothing() throws InterruptedException {
        node.serve(CHAIN.subList(0, 8));
        Thread later = Thread.ofVirtual().start(() -> {
            await().until(() -> node.calls().size() >= 30);
            node.serve(CHAIN);
        });

        assertThat(appended(feed.next(Chains.infos('a', 10, 15), Wanted.ACCOUNTS, LONG)))
                .isEqualTo(Chains.info('a', 16));
        later.join();
    }

    @Test
    void aNodeThatHasNoneOfTheBlocksYetIsNotInSync() {
        node.serve(CHAIN.subList(0, 2));

        assertThatThrownBy(() -> feed.next(Chains.infos('a', 10, 15), Wanted.ACCOUNTS, Duration.ZERO))
                .isInstanceOf(MorphogenException.class)
                .hasMessageContaining("does not have block 10")
                .hasMessageContaining("not in sync");
    }

    @Test
    void aReorganisationBelowAllAppliedBlocksIsTooDeep() throws InterruptedException {
        node.serve(Chains.branch('b', Chains.info('b', 4), 20));

        assertThat(feed.next(Chains.infos('a', 10, 15), Wanted.ACCOUNTS, LONG))
                .isInstanceOfSatisfying(
                        FeedStep.TooDeep.class, deep -> assertThat(deep.why()).contains("block 10"));
    }

    @Test
    void aReorganisationBetweenHeadsAndTracesGivesTheNewBranch() throws InterruptedException {
        List<Chains.Block> other = Chains.joined(CHAIN.subList(0, 6), Chains.branch('b', BASE, 14));
        node.justBefore("debug_trace", () -> node.serve(other));

        FeedStep step = feed.next(List.of(BASE), Wanted.ACCOUNTS, LONG);

        assertThat(appended(step)).isEqualTo(Chains.info('b', 11));
        assertBranch(step, 'b');
    }

    @Test
    void aTraceByNumberOfAnotherBlockIsNotTaken() throws InterruptedException {
        List<Chains.Block> other = Chains.joined(CHAIN.subList(0, 6), Chains.branch('b', BASE, 14));
        node.doesNotKnow("debug_traceBlockByHash");
        node.justBefore("debug_traceBlockByNumber", () -> node.serve(other));

        FeedStep step = feed.next(List.of(BASE), Wanted.ACCOUNTS, LONG);

        assertThat(appended(step)).isEqualTo(Chains.info('b', 11));
        assertBranch(step, 'b');
    }

    @Test
    void tracesByNumberWhereTheNodeCannotByHash() throws InterruptedException {
        node.doesNotKnow("debug_traceBlockByHash");

        assertThat(appended(feed.next(List.of(BASE), Wanted.ACCOUNTS, LONG))).isEqualTo(Chains.info('a', 11));
        feed.next(Chains.infos('a', 10, 14), Wanted.ACCOUNTS, LONG);
        assertThat(node.callsOf("debug_traceBlockByHash")).isEqualTo(4);
        assertThat(node.callsOf("debug_traceBlockByNumber")).isEqualTo(8);
    }

    @Test
    void saysWhichMethodsTheNodeMustServe() {
        node.doesNotKnow("debug_traceBlockByHash", "debug_traceBlockByNumber");

        assertThatThrownBy(() -> feed.next(List.of(BASE), Wanted.ACCOUNTS, Duration.ZERO))
                .isInstanceOfSatisfying(
                        MorphogenException.class, e -> assertThat(e.reason()).isEqualTo(FailureReason.UNAVAILABLE))
                .hasMessageContaining("-32601")
                .hasMessageContaining("serves debug_traceBlockByHash or debug_traceBlockByNumber");
    }

    @Test
    void takesWhatANodeWithLimitedRepliesGives() throws InterruptedException {
        node.limitTraces(2);

        assertThat(appended(feed.next(List.of(BASE), Wanted.ACCOUNTS, LONG))).isEqualTo(Chains.info('a', 11));
        assertThat(appended(feed.next(Chains.infos('a', 10, 11), Wanted.ACCOUNTS, LONG)))
                .isEqualTo(Chains.info('a', 12));
        assertThat(appended(feed.next(Chains.infos('a', 10, 12), Wanted.ACCOUNTS, LONG)))
                .isEqualTo(Chains.info('a', 13));
    }

    @Test
    void asksForOneBlockWhenSeveralAreTooLong() throws InterruptedException {
        try (JsonRpcFeed narrow =
                new JsonRpcFeed(node.url(), new FeedLimits(Duration.ofSeconds(20), Duration.ofMillis(1), 4096, 16))) {
            // Seventeen heads are longer than the limit, and so is nothing else here.
            assertThat(appended(narrow.next(List.of(BASE), Wanted.ACCOUNTS, LONG)))
                    .isEqualTo(Chains.info('a', 11));
        }
    }

    @Test
    void tellsWithdrawals() throws InterruptedException {
        Chains.Block block = Chains.branch('a', BASE, 11).getFirst();
        String withdrawal = "[{\"index\":\"0x1\",\"validatorIndex\":\"0x2\",\"address\":\"" + Chains.address(77)
                + "\",\"amount\":\"0x3\"}]";
        node.serve(Chains.joined(
                CHAIN.subList(0, 6),
                List.of(new Chains.Block(
                        block.info(), block.parentHash(), block.transactions(), block.trace(), withdrawal))));

        assertThat(feed.next(List.of(BASE), Wanted.ACCOUNTS, LONG))
                .isInstanceOfSatisfying(
                        FeedStep.Append.class,
                        append -> assertThat(append.changes().credits())
                                .singleElement()
                                .satisfies(c -> assertThat(c.wei()).isEqualTo(BigInteger.valueOf(3_000_000_000L))));
    }

    @Test
    void tellsABlockByItsNumber() throws InterruptedException {
        assertThat(feed.block(12, LONG)).contains(Chains.info('a', 12));
        assertThat(feed.block(21, LONG)).isEmpty();
    }

    @Test
    void refusesAnEmptyWindow() {
        assertThatThrownBy(() -> feed.next(List.of(), Wanted.ACCOUNTS, LONG))
                .isInstanceOf(IllegalArgumentException.class);
    }

    static FeedLimits limits(int ahead) {
        return new FeedLimits(Duration.ofSeconds(20), Duration.ofMillis(1), 1 << 20, ahead);
    }

    /** By one look. */
    private long headsAskedFor(List<BlockInfo> applied) throws InterruptedException {
        long before = node.callsOf("eth_getBlockByNumber");
        feed.next(applied, Wanted.ACCOUNTS, Duration.ZERO);
        return node.callsOf("eth_getBlockByNumber") - before;
    }

    private static BlockInfo appended(FeedStep step) {
        assertThat(step).isInstanceOf(FeedStep.Append.class);
        return ((FeedStep.Append) step).changes().block();
    }

    private static void assertBranch(FeedStep step, char branch) {
        assertThat(((FeedStep.Append) step).changes().accounts())
                .singleElement()
                .satisfies(a -> assertThat(a.after().orElseThrow().balance()).isEqualTo(BigInteger.valueOf(branch)));
    }
}
