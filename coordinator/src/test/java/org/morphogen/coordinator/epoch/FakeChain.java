package org.morphogen.coordinator.epoch;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import org.morphogen.coordinator.feed.AccountChange;
import org.morphogen.coordinator.feed.Address;
import org.morphogen.coordinator.feed.BlockChanges;
import org.morphogen.coordinator.feed.BlockFeed;
import org.morphogen.coordinator.feed.FeedStep;
import org.morphogen.coordinator.feed.Wanted;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.AccountValue;
import org.morphogen.row.Bytes32;
import org.morphogen.row.CodeDictionary;
import org.morphogen.snapshot.BlockInfo;

/**
 * A made-up chain that grows, turns and fails when told to, and a feed of it that any number of followers may ask. What
 * a block changes follows from the seed, its branch and its number. Thread-safe.
 */
final class FakeChain implements BlockFeed {
    private final BlockInfo base;
    private final List<Address> accounts;
    private final long seed;
    private final List<BlockChanges> blocks = new ArrayList<>();
    private int branch;
    private int told;
    private int crowd = 1;
    private boolean left;
    private OptionalLong newestMade = OptionalLong.empty();
    private Optional<MorphogenException> failure = Optional.empty();

    /** @param accounts that the state at the base block has */
    FakeChain(BlockInfo base, List<Address> accounts, long seed) {
        this.base = base;
        this.accounts = List.copyOf(accounts);
        this.seed = seed;
    }

    /** Puts blocks on top. */
    synchronized void grow(int count) {
        for (int i = 0; i < count; i++) {
            blocks.add(next());
        }
        notifyAll();
    }

    /** Puts a block on top that makes so many new accounts. */
    synchronized void flood(int newcomers) {
        crowd = newcomers;
        grow(1);
        crowd = 1;
    }

    /** Takes the newest blocks away and puts others on top. */
    synchronized void turn(int undone, int count) {
        blocks.subList(blocks.size() - undone, blocks.size()).clear();
        branch++;
        grow(count);
    }

    /** Is another chain from now on, which does not have the base block. */
    synchronized void leave() {
        left = true;
        notifyAll();
    }

    /** Says that its newest block was made then, in seconds since 1970. */
    synchronized void newestMade(long seconds) {
        newestMade = OptionalLong.of(seconds);
        notifyAll();
    }

    /** Fails every question until {@link #recover}. */
    synchronized void fail(String why) {
        failure = Optional.of(new MorphogenException(FailureReason.UNAVAILABLE, why));
    }

    synchronized void recover() {
        failure = Optional.empty();
        notifyAll();
    }

    /** How often it has told a block and what it changed. */
    synchronized int told() {
        return told;
    }

    synchronized List<BlockChanges> blocks() {
        return List.copyOf(blocks);
    }

    synchronized BlockInfo head() {
        return blocks.isEmpty() ? base : blocks.getLast().block();
    }

    @Override
    public synchronized FeedStep next(List<BlockInfo> applied, Wanted wanted, Duration wait)
            throws InterruptedException {
        long untilNanos = System.nanoTime() + wait.toNanos();
        while (true) {
            if (failure.isPresent()) {
                throw new MorphogenException(
                        FailureReason.UNAVAILABLE, String.valueOf(failure.get().getMessage()));
            }
            FeedStep step = step(applied);
            long leftMillis = (untilNanos - System.nanoTime()) / 1_000_000;
            if (!(step instanceof FeedStep.Nothing) || leftMillis <= 0) {
                told += step instanceof FeedStep.Append ? 1 : 0;
                return step;
            }
            wait(leftMillis);
        }
    }

    private FeedStep step(List<BlockInfo> applied) {
        for (BlockInfo block : applied.reversed()) {
            Optional<Integer> after = after(block);
            if (after.isPresent() && !block.equals(applied.getLast())) {
                return new FeedStep.Undo(block);
            }
            if (after.isPresent()) {
                return after.get() < blocks.size()
                        ? new FeedStep.Append(blocks.get(after.get()))
                        : new FeedStep.Nothing(newestMade);
            }
        }
        return new FeedStep.TooDeep("none of the applied blocks is on the chain");
    }

    /** Place of the block that stands upon this one; empty if it is not on the chain. */
    private Optional<Integer> after(BlockInfo block) {
        if (left) {
            return Optional.empty();
        }
        if (block.equals(base)) {
            return Optional.of(0);
        }
        int place = Math.toIntExact(block.number() - base.number() - 1);
        boolean there =
                place >= 0 && place < blocks.size() && blocks.get(place).block().equals(block);
        return there ? Optional.of(place + 1) : Optional.empty();
    }

    @Override
    public void close() {}

    private BlockChanges next() {
        BlockInfo parent = head();
        long number = parent.number() + 1;
        BlockInfo block = new BlockInfo(number, word(1, number), word(2, number));
        Random random = new Random(seed * 1_000_003 + branch * 10_007L + number);
        Map<Address, Optional<AccountValue>> changes = new TreeMap<>();
        for (int i = 0; i < 4; i++) {
            changes.put(accounts.get(random.nextInt(accounts.size())), value(random));
        }
        for (int i = 0; i < crowd; i++) {
            changes.put(newcomer(random), value(random));
        }
        if (number % 3 == 0) {
            changes.put(accounts.get(random.nextInt(accounts.size())), Optional.empty());
        }
        List<AccountChange> ordered = new ArrayList<>();
        changes.forEach((address, value) -> ordered.add(new AccountChange(address, value)));
        return new BlockChanges(block, parent.hash(), ordered, List.of(), List.of());
    }

    private String word(int kind, long number) {
        return "0x%016x%016x%016x%016x".formatted(seed, kind, branch, number);
    }

    /** A code of its own for one account in four. */
    private static Bytes32 code(Random random) {
        byte[] code = new byte[Bytes32.LENGTH];
        random.nextBytes(code);
        return random.nextInt(4) == 0 ? Bytes32.of(code) : CodeDictionary.EMPTY_CODE;
    }

    private static Optional<AccountValue> value(Random random) {
        return Optional.of(new AccountValue(new BigInteger(80, random), random.nextInt(1000), code(random)));
    }

    private static Address newcomer(Random random) {
        byte[] bytes = new byte[Address.LENGTH];
        random.nextBytes(bytes);
        return Address.of(bytes);
    }
}
