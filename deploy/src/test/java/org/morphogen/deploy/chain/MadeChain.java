package org.morphogen.deploy.chain;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.morphogen.row.AccountValue;
import org.morphogen.row.Bytes32;
import org.morphogen.row.CodeDictionary;
import org.morphogen.snapshot.BlockInfo;

/**
 * A chain made up by a seed, and what each account holds after each of its blocks. It grows, and can be reorganised.
 * Thread-safe.
 */
final class MadeChain {
    /** Of an address in hex. */
    private static final int ADDRESS_BYTES = 20;

    /** Blocks that are kept, and what accounts held after each of them. */
    private static final int MOST_BLOCKS = 400;
    /** Blocks of which lookups know accounts by chance. */
    private static final int LATELY = 8;

    private final SplittableRandom random;
    private final Block base;
    private final List<Block> blocks = new ArrayList<>();
    /** By address, by number of the block that changed the account; empty where it is deleted. */
    private final Map<String, NavigableMap<Long, Optional<AccountValue>>> accounts = new HashMap<>();
    /** Accounts that there are after the newest block. */
    private final List<String> living = new ArrayList<>();
    /** Accounts that there are or were, in the order in which they came. */
    private final List<String> ever = new ArrayList<>();

    /**
     * A block and what it changed.
     *
     * @param addresses of the accounts that it changed, ascending
     * @param changes by address the value after it; empty for an account that is deleted
     */
    record Block(
            BlockInfo info, String parentHash, List<String> addresses, Map<String, Optional<AccountValue>> changes) {
        Block(BlockInfo info, String parentHash, Map<String, Optional<AccountValue>> changes) {
            this(info, parentHash, changes.keySet().stream().sorted().toList(), Map.copyOf(changes));
        }
    }

    /**
     * What the next block does.
     *
     * @param changed accounts that have another balance
     * @param made accounts that are new
     * @param deleted accounts that are no more
     */
    record Plan(int changed, int made, int deleted) {}

    /** A chain whose first block has so many accounts. */
    MadeChain(long seed, int count) {
        random = new SplittableRandom(seed);
        Map<String, Optional<AccountValue>> first = new HashMap<>();
        while (first.size() < count) {
            first.put(hex(ADDRESS_BYTES), Optional.of(someValue()));
        }
        base = new Block(new BlockInfo(1, word(), word()), word(), first);
        add(base);
    }

    /** The first block, whose state the snapshot is. */
    Block base() {
        return base;
    }

    /** The newest block. */
    synchronized Block last() {
        return blocks.getLast();
    }

    /** The block of that number, or of that hash. */
    synchronized Optional<Block> block(String numberOrHash) {
        if (numberOrHash.length() == 2 + 2 * Bytes32.LENGTH) {
            return blocks.reversed().stream()
                    .filter(block -> block.info().hash().equals(numberOrHash))
                    .findFirst();
        }
        long index = Long.decode(numberOrHash) - blocks.getFirst().info().number();
        return index < 0 || index >= blocks.size() ? Optional.empty() : Optional.of(blocks.get((int) index));
    }

    /** One block more. */
    synchronized Block append(Plan plan) {
        Map<String, Optional<AccountValue>> changes = new HashMap<>();
        for (int i = 0; i < plan.deleted() && living.size() > 1; i++) {
            changes.put(living.remove(random.nextInt(living.size())), Optional.empty());
        }
        for (int i = 0; i < plan.changed(); i++) {
            changes.put(living.get(random.nextInt(living.size())), Optional.of(someValue()));
        }
        for (int i = 0; i < plan.made(); i++) {
            changes.put(hex(ADDRESS_BYTES), Optional.of(someValue()));
        }
        Block next = new Block(
                new BlockInfo(last().info().number() + 1, word(), word()),
                last().info().hash(),
                changes);
        add(next);
        if (blocks.size() > MOST_BLOCKS) {
            forget(blocks.removeFirst());
        }
        return next;
    }

    private void add(Block block) {
        blocks.add(block);
        for (String address : block.addresses()) {
            NavigableMap<Long, Optional<AccountValue>> history =
                    accounts.computeIfAbsent(address, _ -> new TreeMap<>());
            if (history.isEmpty()) {
                living.add(address);
                ever.add(address);
            }
            history.put(block.info().number(), block.changes().get(address));
        }
    }

    private void forget(Block oldest) {
        long first = blocks.getFirst().info().number();
        for (String address : oldest.changes().keySet()) {
            NavigableMap<Long, Optional<AccountValue>> history = history(address);
            history.headMap(Objects.requireNonNull(history.floorKey(first))).clear();
        }
    }

    /** Forgets all blocks after that number, so that others may follow it. */
    synchronized void rewind(long number) {
        while (last().info().number() > number) {
            Block gone = blocks.removeLast();
            gone.changes()
                    .keySet()
                    .forEach(address -> history(address).remove(gone.info().number()));
        }
        living.clear();
        accounts.entrySet().removeIf(account -> account.getValue().isEmpty());
        ever.retainAll(accounts.keySet());
        accounts.keySet().stream()
                .filter(address -> at(address, number).isPresent())
                .sorted()
                .forEach(living::add);
    }

    /** What an account holds after the block of that number; empty when there is none. */
    synchronized Optional<AccountValue> at(String address, long number) {
        NavigableMap<Long, Optional<AccountValue>> history = accounts.getOrDefault(address, new TreeMap<>());
        return Optional.ofNullable(history.floorEntry(number)).flatMap(Map.Entry::getValue);
    }

    /** Addresses of which some were changed by blocks not long before that one, some are any, and some never were. */
    synchronized List<String> some(SplittableRandom chance, int count, long number) {
        List<String> some = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            some.add(
                    switch (chance.nextInt(4)) {
                        case 0 -> hex(chance, ADDRESS_BYTES);
                        case 1 -> ever.get(chance.nextInt(ever.size()));
                        default -> someOf(changesNear(number - chance.nextInt(LATELY)), chance);
                    });
        }
        return some;
    }

    private List<String> changesNear(long number) {
        long index = number - blocks.getFirst().info().number();
        return blocks.get(Math.clamp(index, 0, blocks.size() - 1)).addresses();
    }

    private static String someOf(List<String> all, SplittableRandom chance) {
        return all.get(chance.nextInt(all.size()));
    }

    /** Addresses that blocks after that number changed. */
    synchronized List<String> changedAfter(long number) {
        return blocks.stream()
                .filter(block -> block.info().number() > number)
                .flatMap(block -> block.changes().keySet().stream())
                .distinct()
                .toList();
    }

    private NavigableMap<Long, Optional<AccountValue>> history(String address) {
        return Objects.requireNonNull(accounts.get(address));
    }

    private AccountValue someValue() {
        return new AccountValue(
                BigInteger.valueOf(random.nextLong(1, Long.MAX_VALUE)),
                random.nextInt(1000),
                CodeDictionary.EMPTY_CODE);
    }

    private String word() {
        return hex(Bytes32.LENGTH);
    }

    private String hex(int bytes) {
        return hex(random, bytes);
    }

    private static String hex(SplittableRandom random, int bytes) {
        byte[] made = new byte[bytes];
        random.nextBytes(made);
        return "0x" + HexFormat.of().formatHex(made);
    }
}
