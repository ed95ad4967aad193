package org.morphogen.deploy.demo;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.morphogen.client.MorphogenClient;
import org.morphogen.client.lookup.Absent;
import org.morphogen.client.lookup.Address;
import org.morphogen.client.lookup.Found;
import org.morphogen.client.lookup.Lookup;
import org.morphogen.deploy.demo.DemoReport.ChangedAccount;
import org.morphogen.deploy.genesis.MainnetGenesis;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.AccountValue;

/** The chain goes on: accounts that its blocks change, asked for while they come and at several blocks afterwards. */
final class Sequel {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(10);

    private final MorphogenClient client;
    private final DemoChain chain;
    private final Story story;
    private int lookups;

    Sequel(MorphogenClient client, DemoChain chain, Story story) {
        this.client = client;
        this.chain = chain;
        this.story = story;
    }

    /** Lookups that {@link #watch} has made. */
    int lookups() {
        return lookups;
    }

    /**
     * Asks for one account again and again until both parties have the last block; gives what it had after each block that
     * was seen. Fails with UNAVAILABLE when the last block does not come.
     *
     * <p>Compares with the Ethereum node once there are no more blocks: while it makes one, anvil may tell of the newest
     * block what is true of the next.
     */
    List<ChangedAccount> watch() {
        List<Answer> seen = new ArrayList<>();
        long endNanos = System.nanoTime() + PATIENCE.toNanos();
        long newest = -1;
        while (newest < chain.last()) {
            if (System.nanoTime() > endNanos) {
                throw new MorphogenException(
                        FailureReason.UNAVAILABLE,
                        "The parties did not come to block " + chain.last() + "; the coordinators' logs tell why.");
            }
            chain.requireHealthy();
            Lookup lookup = client.lookup(MainnetGenesis.TABLE, Address.parse(chain.watched()));
            lookups++;
            if (lookup.asOf().block().number() != newest) {
                newest = lookup.asOf().block().number();
                seen.add(told(chain.watched(), lookup));
            }
            pause();
        }
        return seen.stream().map(this::compared).toList();
    }

    /** Some accounts at a block in the middle and at the last. */
    List<ChangedAccount> ask() {
        long middle = (chain.base().number() + chain.last()) / 2;
        List<ChangedAccount> found = new ArrayList<>();
        for (String address : chain.changed()) {
            for (long block : new long[] {middle, chain.last()}) {
                Answer answer =
                        told(address, client.atBlock(block).lookup(MainnetGenesis.TABLE, Address.parse(address)));
                if (answer.block() != block) {
                    throw new MorphogenException(
                            FailureReason.INTERNAL, "An answer is of another block than the one asked for.");
                }
                found.add(compared(answer));
            }
        }
        return found;
    }

    /** What an account had after a block, as both parties say. */
    private record Answer(String address, long block, Optional<BigInteger> balance) {}

    private Answer told(String address, Lookup lookup) {
        Optional<BigInteger> balance = switch (lookup) {
            case Found account -> Optional.of(((AccountValue) account.value()).balance());
            case Absent _ -> Optional.empty();
        };
        long block = lookup.asOf().block().number();
        story.changed(address, block, balance);
        return new Answer(address, block, balance);
    }

    private ChangedAccount compared(Answer answer) {
        return new ChangedAccount(
                answer.address(),
                answer.block(),
                answer.balance().map(BigInteger::toString),
                answer.balance().equals(chain.balance(answer.address(), answer.block())));
    }

    private static void pause() {
        try {
            TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new MorphogenException(FailureReason.UNAVAILABLE, "The demo was stopped.");
        }
    }
}
