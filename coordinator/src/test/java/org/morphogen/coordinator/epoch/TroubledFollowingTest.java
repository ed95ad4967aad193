package org.morphogen.coordinator.epoch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.coordinator.FakeEpochControl;
import org.morphogen.coordinator.FakeNode;
import org.morphogen.failure.FailureReason;

/** Trouble of all kinds at random times; once it is over, all is as it were without. The seed replays what was done. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class TroubledFollowingTest {
    private static final int NODES = 4;
    private static final int SHORTEST_STEP_MILLIS = 0;
    private static final int LONGEST_STEP_MILLIS = 40;

    @TempDir
    Path folder;

    @Test
    void allIsRightOnceTheTroubleIsOver() throws InterruptedException {
        live(new Random().nextLong(1 << 20), 60);
    }

    @Test
    @Tag("long")
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void allIsRightAfterManyTroubles() throws InterruptedException {
        long first = new Random().nextLong(1 << 20);
        for (int round = 0; round < 80; round++) {
            live(first + round, 60);
        }
    }

    private void live(long seed, int steps) throws InterruptedException {
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Path own = folder.resolve("seed-" + seed);
        assertThat(own.toFile().mkdirs()).isTrue();
        try (FollowedParty party = FollowedParty.of(own, NODES, seed)) {
            party.books().stage(random.nextInt(4) == 0);
            party.chain().grow(3);
            party.elect();
            for (int step = 0; step < steps; step++) {
                trouble(party, random);
                Thread.sleep(random.nextInt(SHORTEST_STEP_MILLIS, LONGEST_STEP_MILLIS));
            }
            heal(party);
            party.awaitHead(0, 1, 2, 3);
            party.assertRight(0, 1, 2, 3);
        }
    }

    private static void trouble(FollowedParty party, Random random) {
        int node = random.nextInt(NODES);
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> party.chain().grow(1 + random.nextInt(3));
            case 3 -> {
                // No deeper than the blocks that every node's window still has.
                int undone =
                        Math.min(1 + random.nextInt(4), party.chain().blocks().size());
                party.chain().turn(undone, undone + random.nextInt(3));
            }
            case 4 -> {
                party.depose();
                party.elect();
            }
            case 5 -> {
                if (party.node(node).runs()) {
                    party.node(node).kill();
                } else {
                    party.restart(node);
                }
            }
            case 6 -> party.node(node).epochControl().beforeApply(refusing(random));
            case 7 -> party.node(node).epochControl().afterApply(refusing(random));
            case 8 -> party.node(node).epochControl().beforeRewind(refusing(random));
            case 9 -> {
                if (random.nextBoolean()) {
                    party.chain().fail("away");
                } else {
                    party.chain().recover();
                }
            }
            case 10 -> party.books().beforePublish(random.nextBoolean() ? FakeBooks.failure() : window -> {});
            case 11 -> party.books().afterPublish(random.nextBoolean() ? FakeBooks.failure() : window -> {});
            default -> throw new AssertionError();
        }
    }

    private static FakeEpochControl.Fault refusing(Random random) {
        int millis = random.nextInt(600);
        return switch (random.nextInt(3)) {
            case 0 -> FakeEpochControl.refusal(FailureReason.STORAGE_FAILED);
            case 1 -> () -> Thread.sleep(millis);
            default -> () -> {};
        };
    }

    private static void heal(FollowedParty party) {
        for (int number = 0; number < NODES; number++) {
            FakeNode node = party.node(number);
            node.epochControl().beforeApply(() -> {});
            node.epochControl().afterApply(() -> {});
            node.epochControl().beforeRewind(() -> {});
            if (!node.runs()) {
                party.restart(number);
            }
        }
        party.books().beforePublish(window -> {});
        party.books().afterPublish(window -> {});
        party.chain().recover();
    }
}
