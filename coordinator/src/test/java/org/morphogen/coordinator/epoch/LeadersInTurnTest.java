package org.morphogen.coordinator.epoch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.morphogen.coordinator.epoch.FollowedParty.GENERATION;
import static org.morphogen.coordinator.epoch.FollowedParty.await;

import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.coordinator.FakeEpochControl;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;

/** Leaders that go in the middle of a block or of a reorganisation, and the next one's work. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LeadersInTurnTest {
    @TempDir
    Path folder;

    private final CountDownLatch reached = new CountDownLatch(1);
    private FollowedParty party;

    @BeforeEach
    void startParty() {
        long seed = new Random().nextInt(1 << 20);
        System.out.println("seed " + seed);
        party = FollowedParty.of(folder, 4, seed);
        party.chain().grow(4);
        party.elect();
        party.awaitHead(0, 1, 2, 3);
    }

    @AfterEach
    void stopParty() {
        party.close();
    }

    @Test
    void aBlockThatEveryNodeTookAndNobodyPublishedIsMadeAgain() throws InterruptedException {
        party.books().beforePublish(FakeBooks.stuck(reached));
        party.chain().grow(1);
        reached.await();
        Epoch unpublished = party.node(0).epochs(GENERATION).head();
        assertThat(unpublished.block()).isEqualTo(party.chain().head());
        party.depose();
        party.books().beforePublish(window -> {});
        assertThat(party.books().head()).isNotEqualTo(unpublished);

        party.elect();

        party.awaitHead(0, 1, 2, 3);
        assertThat(party.books().head()).as("the same bytes again").isEqualTo(unpublished);
        party.assertRight(0, 1, 2, 3);
    }

    @Test
    void aBlockThatSomeNodesTookIsMadeAgain() throws InterruptedException {
        party.node(1).epochControl().beforeApply(FakeEpochControl.refusal(FailureReason.STORAGE_FAILED));
        party.node(3).epochControl().beforeApply(FakeEpochControl.refusal(FailureReason.STORAGE_FAILED));
        party.books().beforePublish(FakeBooks.stuck(reached));
        party.chain().grow(1);
        reached.await();
        party.depose();
        party.books().beforePublish(window -> {});
        party.node(1).epochControl().beforeApply(() -> {});
        party.node(3).epochControl().beforeApply(() -> {});

        party.elect();

        party.awaitHead(0, 1, 2, 3);
        party.assertRight(0, 1, 2, 3);
    }

    @Test
    void aBlockThatIsReplacedBeforeTheNextLeaderIsForgotten() throws InterruptedException {
        party.books().beforePublish(FakeBooks.stuck(reached));
        party.chain().grow(1);
        reached.await();
        party.depose();
        party.books().beforePublish(window -> {});
        party.chain().turn(1, 2);

        party.elect();

        party.awaitHead(0, 1, 2, 3);
        party.assertRight(0, 1, 2, 3);
    }

    @Test
    void aPublishedBlockWhoseLeaderNeverKnewGoesOn() throws InterruptedException {
        party.books().afterPublish(FakeBooks.stuck(reached));
        party.chain().grow(1);
        reached.await();
        party.depose();
        party.books().afterPublish(window -> {});
        party.chain().grow(1);

        party.elect();

        party.awaitHead(0, 1, 2, 3);
        party.assertRight(0, 1, 2, 3);
        assertThat(party.node(0).epochs(GENERATION).taken()).isEqualTo(6);
    }

    @Test
    void nodesThatMissedBlocksOfAnEarlierLeaderGetThemMadeAgain() {
        party.node(1).kill();
        party.chain().grow(5);
        party.awaitHead(0, 2, 3);
        party.depose();
        party.restart(1);

        // It has none of the deltas that the one before made.
        party.elect();

        party.awaitHead(0, 1, 2, 3);
        party.assertRight(0, 1, 2, 3);
    }

    @Test
    void aReorganisationIsUndoneAndRedone() {
        party.chain().turn(3, 5);

        party.awaitHead(0, 1, 2, 3);

        party.assertRight(0, 1, 2, 3);
        assertThat(party.books().published())
                .as("first the shorter window, then block after block")
                .hasSize(4 + 1 + 5);
    }

    @Test
    void aNodeThatDoesNotGoBackIsBroughtAlongLater() {
        party.node(2).epochControl().beforeRewind(FakeEpochControl.refusal(FailureReason.STORAGE_FAILED));

        party.chain().turn(2, 3);

        party.awaitHead(0, 1, 3);
        party.node(2).epochControl().beforeRewind(() -> {});
        party.awaitHead(0, 1, 2, 3);
        party.assertRight(0, 1, 2, 3);
    }

    @Test
    void aLeaderThatGoesBetweenTheShorterWindowAndTheNodesLeavesTheNextOneToUndo() throws InterruptedException {
        party.books().afterPublish(FakeBooks.stuck(reached));
        party.chain().turn(2, 3);
        reached.await();
        assertThat(party.books().head().number()).isEqualTo(2);
        assertThat(party.node(0).epochs(GENERATION).head().number()).isEqualTo(4);
        party.depose();
        party.books().afterPublish(window -> {});

        party.elect();

        party.awaitHead(0, 1, 2, 3);
        party.assertRight(0, 1, 2, 3);
    }

    @Test
    void aLeaderThatGoesWhenHalfOfTheNodesHaveGoneBackLeavesTheOthersToTheNext() {
        CountDownLatch never = new CountDownLatch(1);
        party.node(1).epochControl().beforeRewind(never::await);
        party.node(3).epochControl().beforeRewind(never::await);
        party.books().beforePublish(window -> {
            if (window.size() == 5) {
                FakeBooks.stuck(reached).of(window);
            }
        });
        party.chain().turn(1, 2);
        await().untilAsserted(() -> {
            assertThat(party.books().head().number()).isEqualTo(3);
            assertThat(party.node(0).epochs(GENERATION).head().number()).isLessThanOrEqualTo(4);
            assertThat(party.node(1).epochs(GENERATION).head().block())
                    .isNotEqualTo(party.chain().blocks().get(3).block());
        });
        party.depose();
        party.books().beforePublish(window -> {});
        party.node(1).epochControl().beforeRewind(() -> {});
        party.node(3).epochControl().beforeRewind(() -> {});

        party.elect();

        party.awaitHead(0, 1, 2, 3);
        party.assertRight(0, 1, 2, 3);
    }

    @Test
    void aShorterWindowThatCouldNotBeWrittenIsWrittenAgain() {
        int[] left = {1};
        party.books().beforePublish(window -> {
            if (left[0]-- > 0) {
                FakeBooks.failure().of(window);
            }
        });

        party.chain().turn(2, 3);

        party.awaitHead(0, 1, 2, 3);
        party.assertRight(0, 1, 2, 3);
    }
}
