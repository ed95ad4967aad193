package org.morphogen.coordinator.epoch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.morphogen.coordinator.epoch.FollowedParty.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.coordinator.FakeEpochControl;
import org.morphogen.coordinator.FakeNode;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.slf4j.LoggerFactory;

/** Nodes that are slow, refuse, forget, die or talk nonsense while the others follow the chain. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class NodesInTheWayTest {
    /** So long that a test fails which waits for a call to end by it. */
    private static final Duration ENDLESS = Duration.ofMinutes(5);

    @TempDir
    Path folder;

    private final CountDownLatch gate = new CountDownLatch(1);
    private FollowedParty party;

    @BeforeEach
    void startParty() {
        long seed = new Random().nextInt(1 << 20);
        System.out.println("seed " + seed);
        party = new FollowedParty(folder, 4, seed, FakeNode.WINDOW_EPOCHS, ENDLESS);
        party.chain().grow(2);
        party.elect();
        party.awaitHead(0, 1, 2, 3);
    }

    @AfterEach
    void stopParty() {
        gate.countDown();
        party.close();
    }

    @Test
    void aSlowReplicaHoldsUpNobodyAndFollowsLater() {
        party.node(1).epochControl().beforeApply(gate::await);

        party.chain().grow(3);

        party.awaitHead(0, 2, 3);
        assertThat(party.books().standing().atHead()).doesNotContain("n1");
        gate.countDown();
        party.awaitHead(0, 1, 2, 3);
        party.assertRight(0, 1, 2, 3);
    }

    @Test
    void aNodeThatIsSlowToSettleHoldsUpNobody() {
        party.node(3).kill();
        party.chain().grow(2);
        party.awaitHead(0, 1, 2);
        party.node(3).epochControl().beforeApply(gate::await);
        party.restart(3);

        party.chain().grow(2);

        party.awaitHead(0, 1, 2);
        gate.countDown();
        party.awaitHead(0, 1, 2, 3);
        party.assertRight(0, 1, 2, 3);
    }

    @Test
    void rowsAreReadFromAnotherReplicaWhereOneIsSlow() {
        try (FollowedParty other = FollowedParty.of(sub(), 4, 8)) {
            other.node(0).epochControl().beforeRead(gate::await);
            other.chain().grow(1);
            other.elect();

            other.awaitHead(0, 1, 2, 3);
            gate.countDown();
            other.assertRight(0, 1, 2, 3);
        }
    }

    @Test
    void aNodeThatRefusesIsLeftBehindUntilItDoesNot() {
        party.node(2).epochControl().beforeApply(FakeEpochControl.refusal(FailureReason.STORAGE_FAILED));

        party.chain().grow(3);

        party.awaitHead(0, 1, 3);
        await().untilAsserted(() ->
                assertThat(party.books().standing().atHead()).containsExactlyInAnyOrder("n0", "n1", "n3"));
        party.node(2).epochControl().beforeApply(() -> {});
        party.awaitHead(0, 1, 2, 3);
        party.assertRight(0, 1, 2, 3);
    }

    @Test
    void aBlockThatAWholeShardRefusesIsNoHead() {
        Epoch before = party.books().head();
        for (int node = 0; node < 4; node++) {
            if (party.sameShard(node, 0)) {
                party.node(node).epochControl().beforeApply(FakeEpochControl.refusal(FailureReason.STORAGE_FAILED));
            }
        }

        party.chain().grow(3);

        await().untilAsserted(() -> assertThat(party.takenByOthersThan(0))
                .as("deltas that the other shard took")
                .isEqualTo(3));
        assertThat(party.books().head()).isEqualTo(before);
        for (int node = 0; node < 4; node++) {
            party.node(node).epochControl().beforeApply(() -> {});
        }
        party.awaitHead(0, 1, 2, 3);
        party.assertRight(0, 1, 2, 3);
    }

    @Test
    void aBlockThatNodesGoOnToRefuseIsToldOfOnceAndNotMadeAgainEachTime() {
        Logger told = (Logger) LoggerFactory.getLogger(Told.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        told.addAppender(log);
        told.setLevel(Level.INFO);
        int before = party.chain().told();
        AtomicInteger refusals = new AtomicInteger();
        CompletableFuture<Integer> toldUntilThen = new CompletableFuture<>();
        for (int node = 0; node < 4; node++) {
            if (party.sameShard(node, 0)) {
                boolean counts = node == 0;
                party.node(node).epochControl().beforeApply(() -> {
                    if (counts && refusals.incrementAndGet() == 6) {
                        toldUntilThen.complete(party.chain().told() - before);
                    }
                    FakeEpochControl.refusal(FailureReason.STORAGE_FAILED).strike();
                });
            }
        }

        party.chain().grow(1);

        assertThat(toldUntilThen.join()).as("blocks asked for").isEqualTo(1);
        assertThat(party.books().standing().stalled())
                .contains("Block 103 ")
                .contains("n0")
                .contains("This node refuses.")
                .contains("tried again");
        await().untilAsserted(() -> assertThat(party.books().standing().atHead())
                .as("they still answer for the block before")
                .hasSize(4));
        told.setLevel(null);
        told.detachAppender(log);
        assertThat(List.copyOf(log.list).stream().map(ILoggingEvent::getFormattedMessage))
                .filteredOn(line -> line.contains("n0"))
                .as("one lasting problem")
                .hasSize(1);
        for (int node = 0; node < 4; node++) {
            party.node(node).epochControl().beforeApply(() -> {});
        }
        party.awaitHead(0, 1, 2, 3);
        party.assertRight(0, 1, 2, 3);
        await().untilAsserted(
                        () -> assertThat(party.books().standing().stalled()).isEmpty());
    }

    @Test
    void aBlockThatNodesRefuseAndTheChainReplacesIsGivenUp() {
        for (int node = 0; node < 4; node++) {
            if (party.sameShard(node, 0)) {
                party.node(node).epochControl().beforeApply(FakeEpochControl.refusal(FailureReason.STORAGE_FAILED));
            }
        }
        party.chain().grow(1);
        await().untilAsserted(
                        () -> assertThat(party.books().standing().stalled()).contains("Block 103 "));

        int before = party.chain().told();
        party.chain().turn(1, 2);
        await().untilAsserted(() -> assertThat(party.chain().told()).isGreaterThan(before));
        for (int node = 0; node < 4; node++) {
            party.node(node).epochControl().beforeApply(() -> {});
        }

        party.awaitHead(0, 1, 2, 3);
        party.assertRight(0, 1, 2, 3);
    }

    @Test
    void aNodeOfAStagedGenerationThatRefusesIsNamed() {
        party.depose();
        party.books().stage(true);
        party.elect();
        party.awaitHead(0, 1, 2, 3);
        party.node(3).epochControl().beforeApply(FakeEpochControl.refusal(FailureReason.STORAGE_FAILED));

        party.chain().grow(2);

        await().untilAsserted(() -> assertThat(party.books().standing().stalled())
                .contains("Block 103 ")
                .contains("n3")
                .contains("This node refuses."));
        party.node(3).epochControl().beforeApply(() -> {});
        party.awaitHead(0, 1, 2, 3);
        party.assertRight(0, 1, 2, 3);
    }

    @Test
    void aFollowerThatDoesNotEndIsNotWaitedForForever() throws InterruptedException {
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        party.books().beforePublish(window -> {
            stuck.countDown();
            awaitDeaf(gate);
            ended.countDown();
        });
        party.chain().grow(1);
        stuck.await();

        party.depose();

        assertThat(ended.getCount()).as("it is still at it").isOne();
        gate.countDown();
        ended.await();
    }

    private static void awaitDeaf(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException ignored) {
                // As a call that knows no interrupts.
            }
        }
    }

    @Test
    void aNodeThatDiesBeforeItsAnswerHasTakenTheDeltaOnce() {
        FakeNode dying = party.node(0);
        dying.epochControl().afterApply(() -> {
            dying.epochControl().afterApply(() -> {});
            dying.kill();
            throw new InterruptedException();
        });

        party.chain().grow(1);
        party.awaitHead(1, 2, 3);
        await().untilAsserted(() -> assertThat(dying.runs()).isFalse());
        party.chain().grow(1);
        party.awaitHead(1, 2, 3);
        party.restart(0);

        party.awaitHead(0, 1, 2, 3);
        party.assertRight(0, 1, 2, 3);
        assertThat(dying.epochs(FollowedParty.GENERATION).taken()).isEqualTo(4);
    }

    @Test
    void aNodeThatDiesBetweenItsAnswerAndTheHeadIsMissedAtTheNextBlock() {
        FakeNode dying = party.node(0);
        party.books().beforePublish(window -> {
            party.books().beforePublish(later -> {});
            dying.kill();
        });

        party.chain().grow(1);
        party.awaitHead(1, 2, 3);
        party.chain().grow(1);
        party.awaitHead(1, 2, 3);
        await().untilAsserted(
                        () -> assertThat(party.books().standing().atHead()).doesNotContain("n0"));
        party.restart(0);

        party.awaitHead(0, 1, 2, 3);
        party.assertRight(0, 1, 2, 3);
    }

    @Test
    void aNodeThatLostItsDiskIsNotAtTheHeadUntilItIsBroughtThere() {
        FakeNode forgetful = party.node(1);
        forgetful.epochControl().beforeApply(gate::await);
        forgetful.kill();
        forgetful.loseEverything();
        party.load(forgetful);
        party.restart(1);

        // No block comes that would show it.
        await().untilAsserted(
                        () -> assertThat(party.books().standing().atHead()).doesNotContain("n1"));
        gate.countDown();

        party.awaitHead(0, 1, 2, 3);
        party.assertRight(0, 1, 2, 3);
    }

    @Test
    void aNodeThatCannotBeLedToTheWindowStaysOutAndOthersGoOn() {
        try (FollowedParty other = new FollowedParty(sub(), 2, 4, 4, Duration.ofSeconds(2))) {
            other.chain().grow(9);
            other.elect();
            other.awaitHead(0, 1);
            other.node(1).kill();
            other.node(1).loseEverything();
            other.load(other.node(1));
            other.restart(1);

            other.chain().grow(2);

            other.awaitHead(0);
            await().untilAsserted(
                            () -> assertThat(other.books().standing().atHead()).containsExactly("n0"));
            other.assertRight(0);
        }
    }

    @Test
    void aNodeOnAnotherBranchComesBackToThisOne() {
        party.chain().grow(3);
        party.awaitHead(0, 1, 2, 3);
        party.node(1).kill();
        party.chain().turn(3, 4);
        party.awaitHead(0, 2, 3);

        party.restart(1);

        party.awaitHead(0, 1, 2, 3);
        party.assertRight(0, 1, 2, 3);
    }

    @Test
    void aNodeAheadOnAnotherBranchComesBackWithoutItsOwnBlocks() {
        party.node(1).kill();
        party.chain().grow(2);
        party.awaitHead(0, 2, 3);
        party.depose();
        // Another leader, whom the others never heard of, led this one on a chain of its own.
        party.leadAstray(1, 5);

        party.restart(1);
        party.elect();

        party.awaitHead(0, 1, 2, 3);
        party.assertRight(0, 1, 2, 3);
    }

    @Test
    void aStepBackThatComesLateDoesNotOvertakeLaterBlocks() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        FakeEpochControl late = party.node(1).epochControl();
        late.beforeRewind(() -> {
            late.beforeRewind(() -> {});
            gate.await();
            late.afterRewind(done::countDown);
        });

        party.chain().turn(2, 3);
        party.awaitHead(0, 2, 3);
        // It gets no other call before this one has ended.
        Epoch stuck = party.node(1).epochs(FollowedParty.GENERATION).head();
        await().during(Duration.ofMillis(400))
                .until(() ->
                        party.node(1).epochs(FollowedParty.GENERATION).head().equals(stuck));
        gate.countDown();
        done.await();

        party.awaitHead(0, 1, 2, 3);
        party.assertRight(0, 1, 2, 3);
    }

    @Test
    void aNodeThatTalksNonsenseIsLeftOut() {
        party.node(3).epochControl().talkNonsense(true);

        party.chain().grow(3);

        party.awaitHead(0, 1, 2);
        await().untilAsserted(
                        () -> assertThat(party.books().standing().atHead()).doesNotContain("n3"));
        party.node(3).epochControl().talkNonsense(false);
        party.awaitHead(0, 1, 2, 3);
        party.assertRight(0, 1, 2, 3);
    }

    private Path sub() {
        Path other = folder.resolve("other");
        assertThat(other.toFile().mkdirs()).isTrue();
        return other;
    }
}
