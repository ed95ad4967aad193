package org.morphogen.coordinator.epoch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.morphogen.coordinator.epoch.FollowedParty.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.coordinator.FakeNode;
import org.morphogen.epoch.Epoch;

/** One leader that follows a chain, and what stands in its way. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ChainFollowerTest {
    @TempDir
    Path folder;

    private FollowedParty party;

    @BeforeEach
    void startParty() {
        long seed = new Random().nextInt(1 << 20);
        System.out.println("seed " + seed);
        party = FollowedParty.of(folder, 4, seed);
    }

    @AfterEach
    void stopParty() {
        party.close();
    }

    @Test
    void everyNodeComesToEveryBlock() {
        party.chain().grow(6);
        party.elect();
        party.awaitHead(0, 1, 2, 3);
        party.chain().grow(3);

        party.awaitHead(0, 1, 2, 3);

        party.assertRight(0, 1, 2, 3);
        assertThat(party.books().published()).as("a window a block").hasSize(9);
        assertThat(party.node(0).epochs(FollowedParty.GENERATION).taken()).isEqualTo(9);
        await().untilAsserted(() -> assertThat(party.books().standing().place()).isEqualTo(ChainPlace.NEWEST));
    }

    @Test
    void theWindowIsNoLongerThanItMayBe() {
        try (FollowedParty other = new FollowedParty(sub("other"), 2, 3, 4, Duration.ofSeconds(2))) {
            other.chain().grow(10);
            other.elect();
            other.awaitHead(0, 1);

            assertThat(other.books().window().stream().map(Epoch::number)).containsExactly(7L, 8L, 9L, 10L);
            other.assertRight(0, 1);
        }
    }

    @Test
    void aFeedThatFailsAndComesBackOnlyTakesTime() {
        party.chain().grow(2);
        party.elect();
        party.awaitHead(0, 1, 2, 3);

        party.chain().fail("The node at 127.0.0.1 is away.");
        await().untilAsserted(() -> assertThat(party.books().standing().stalled())
                .contains("No blocks come")
                .contains("The node at 127.0.0.1 is away."));
        assertThat(party.books().standing().place()).isEqualTo(ChainPlace.UNTOLD);
        assertThat(party.books().standing().atHead())
                .as("what is there is still served")
                .hasSize(4);
        party.chain().grow(2);
        party.chain().recover();

        party.awaitHead(0, 1, 2, 3);
        await().untilAsserted(
                        () -> assertThat(party.books().standing().stalled()).isEmpty());
        party.assertRight(0, 1, 2, 3);
    }

    @Test
    void aNodeWhoseNewestBlockIsOldIsTakenForOneThatStandsStill() {
        long now = System.currentTimeMillis() / 1000;
        party.chain().grow(2);
        party.chain().newestMade(now - 3600);
        party.elect();
        party.awaitHead(0, 1, 2, 3);
        await().untilAsserted(() -> assertThat(party.books().standing().stalled())
                .contains("newest block was made more than 5 minutes ago"));
        assertThat(party.books().standing().place()).isEqualTo(ChainPlace.NEWEST);
        assertThat(party.books().standing().standstill().trouble()).isEqualTo(Trouble.NO_BLOCKS);
        party.chain().grow(1);
        party.chain().newestMade(now);
        party.awaitHead(0, 1, 2, 3);
        await().untilAsserted(
                        () -> assertThat(party.books().standing().stalled()).isEmpty());
    }

    @Test
    void aWriteThatFailsIsDoneAgain() {
        party.chain().grow(1);
        party.elect();
        party.awaitHead(0, 1, 2, 3);
        int[] left = {2};
        party.books().beforePublish(window -> {
            if (left[0]-- > 0) {
                FakeBooks.failure().of(window);
            }
        });

        party.chain().grow(3);

        party.awaitHead(0, 1, 2, 3);
        party.assertRight(0, 1, 2, 3);
        assertThat(party.node(2).epochs(FollowedParty.GENERATION).taken())
                .as("no delta was taken in twice")
                .isEqualTo(4);
    }

    @Test
    void aWriteWhoseEndIsUnknownIsNotDoneTwice() {
        party.chain().grow(1);
        party.elect();
        party.awaitHead(0, 1, 2, 3);
        int[] left = {1};
        party.books().afterPublish(window -> {
            if (left[0]-- > 0) {
                FakeBooks.failure().of(window);
            }
        });

        party.chain().grow(3);

        party.awaitHead(0, 1, 2, 3);
        party.assertRight(0, 1, 2, 3);
    }

    @Test
    void aFullTableIsToldOfAndTheBlockBeforeIsServed() {
        party.chain().grow(1);
        party.elect();
        party.awaitHead(0, 1, 2, 3);
        Epoch before = party.books().head();

        party.chain().flood(600);

        await().untilAsserted(() -> assertThat(party.books().standing().stalled())
                .contains("accounts is too full")
                .contains("Build a newer snapshot"));
        assertThat(party.books().head()).isEqualTo(before);
        assertThat(party.books().standing().atHead()).hasSize(4);
    }

    @Test
    void aReorganisationDeeperThanTheWindowIsToldOf() {
        try (FollowedParty other = new FollowedParty(sub("other"), 2, 3, 4, Duration.ofSeconds(2))) {
            other.chain().grow(10);
            other.elect();
            other.awaitHead(0, 1);
            Epoch before = other.books().head();

            other.chain().turn(6, 7);

            await().untilAsserted(() -> assertThat(other.books().standing().stalled())
                    .contains("none of the applied blocks is on the chain"));
            assertThat(other.books().head()).isEqualTo(before);
        }
    }

    @Test
    void aSnapshotOfABlockThatIsNotOnTheChainIsToldOfAsThat() {
        party.chain().leave();
        party.elect();

        await().untilAsserted(() -> {
            assertThat(party.books().standing().stalled())
                    .contains("The snapshot's block 100 0xabab")
                    .contains("is not on the chain");
            assertThat(party.books().standing().atHead()).hasSize(4);
        });
        assertThat(party.books().standing().place()).isEqualTo(ChainPlace.UNTOLD);
    }

    @Test
    void aLeaderWithoutTheSnapshotSaysSoAndTellsWhoIsAtTheHead() {
        party.chain().grow(2);
        party.elect();
        party.awaitHead(0, 1, 2, 3);
        party.depose();
        party.moveSnapshots(sub("empty"));

        party.chain().grow(1);
        party.elect();

        await().untilAsserted(
                        () -> assertThat(party.books().standing().stalled()).contains("no snapshot"));
        assertThat(party.books().standing().atHead()).hasSize(4);
    }

    @Test
    void aNewLeaderSaysSoWhenNoNodeIsThere() {
        for (int node = 0; node < 4; node++) {
            party.node(node).kill();
        }

        party.elect();

        await().untilAsserted(() -> assertThat(party.books().reports()).isPositive());
        assertThat(party.books().standing().atHead()).isEmpty();
    }

    @Test
    void followingEndsWhenTheBooksHaveTheGenerationNoMore() throws InterruptedException {
        party.chain().grow(1);
        party.elect();
        party.awaitHead(0, 1, 2, 3);

        party.books().drop();

        party.awaitEndOfLeader();
    }

    @Test
    void aStagedGenerationMovesOnWithAllOfItsNodesOnly() {
        party.books().stage(true);
        party.chain().grow(3);
        party.elect();
        party.awaitHead(0, 1, 2, 3);
        FakeNode away = party.node(1);
        away.kill();
        Epoch before = party.books().head();
        party.chain().grow(100);

        await().untilAsserted(() -> assertThat(party.books().standing().stalled())
                .contains("Node n1 is not at block")
                .contains("does not answer"));
        assertThat(party.books().head()).isEqualTo(before);
        party.restart(1);

        party.awaitHead(0, 1, 2, 3);
        party.assertRight(0, 1, 2, 3);
        await().untilAsserted(
                        () -> assertThat(party.books().standing().stalled()).isEmpty());
    }

    private Path sub(String name) {
        try {
            return Files.createDirectories(folder.resolve(name));
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }
}
