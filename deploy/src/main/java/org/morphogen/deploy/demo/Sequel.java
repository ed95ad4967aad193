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
import org.morphogen.deploy.genesis.RecordedBalances;
import org.morphogen.deploy.genesis.RecordedBlocks;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.AccountValue;

/** The chain goes on: accounts that the recorded blocks change, asked for at several blocks. */
final class Sequel {
    private static final int ACCOUNTS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final MorphogenClient client;
    private final RecordedBalances recorded;

    Sequel(MorphogenClient client, RecordedBalances recorded) {
        this.client = client;
        this.recorded = recorded;
    }

    /** Waits until both parties have the last block; fails with UNAVAILABLE. */
    void awaitLastBlock() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (client.view().asOf().block().number() < RecordedBlocks.LAST) {
            if (System.nanoTime() > end) {
                throw new MorphogenException(
                        FailureReason.UNAVAILABLE,
                        "The parties did not come to block " + RecordedBlocks.LAST
                                + "; the coordinators' logs tell why.");
            }
            try {
                TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new MorphogenException(FailureReason.UNAVAILABLE, "The demo was stopped.");
            }
        }
    }

    /** Some accounts at a block in the middle and at the last. */
    List<ChangedAccount> ask() {
        List<ChangedAccount> found = new ArrayList<>();
        long middle = (RecordedBlocks.BASE.number() + RecordedBlocks.LAST) / 2;
        recorded.touched().stream()
                .filter(address -> recorded.after(middle, address).isPresent())
                .filter(address ->
                        !recorded.after(middle, address).equals(recorded.after(RecordedBlocks.LAST, address)))
                .limit(ACCOUNTS)
                .forEach(address -> {
                    found.add(ask(address, middle));
                    found.add(ask(address, RecordedBlocks.LAST));
                });
        return found;
    }

    private ChangedAccount ask(String address, long block) {
        Lookup lookup = client.atBlock(block).lookup(MainnetGenesis.TABLE, Address.parse(address));
        Optional<BigInteger> balance = switch (lookup) {
            case Found account -> Optional.of(((AccountValue) account.value()).balance());
            case Absent _ -> Optional.empty();
        };
        return new ChangedAccount(
                address,
                lookup.asOf().block().number(),
                balance.map(BigInteger::toString),
                lookup.asOf().block().number() == block && balance.equals(recorded.after(block, address)));
    }
}
