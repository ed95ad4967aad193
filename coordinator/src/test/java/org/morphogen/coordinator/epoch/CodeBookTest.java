package org.morphogen.coordinator.epoch;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.coordinator.feed.AccountChange;
import org.morphogen.coordinator.feed.Address;
import org.morphogen.coordinator.feed.BlockChanges;
import org.morphogen.epoch.GrownDictionary;
import org.morphogen.row.AccountValue;
import org.morphogen.row.Bytes32;
import org.morphogen.row.CodeDictionary;
import org.morphogen.snapshot.BlockInfo;
import org.morphogen.snapshot.DictionaryEntry;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CodeBookTest {
    private static final String HASH = "0x" + "ab".repeat(32);
    private static final BlockInfo BLOCK = new BlockInfo(1, HASH, HASH);
    private static final DictionaryEntry SNAPSHOT = new DictionaryEntry("accounts/code-hashes.bin", 1, "cd".repeat(32));

    private final Random random = new Random(seed());

    private static long seed() {
        long seed = Long.getLong("morphogen.seed", System.nanoTime());
        System.out.println("CodeBookTest seed " + seed);
        return seed;
    }

    /** Blocks come and are undone; ids are always the places in a plain list, and those of a book that knows nothing. */
    @Test
    void idsArePlacesWhateverWasUndone() {
        CodeBook book = new CodeBook(CodeDictionary.NONE);
        List<GrownDictionary> chain = new ArrayList<>(List.of(GrownDictionary.of(SNAPSHOT)));
        List<Bytes32> pool = new ArrayList<>(List.of(CodeDictionary.EMPTY_CODE));
        for (int step = 0; step < 500; step++) {
            while (chain.size() > 1 && random.nextInt(3) == 0) {
                chain.removeLast();
            }
            BlockChanges block = block(pool);
            GrownDictionary before = chain.getLast();
            BlockCodes codes = book.begin(before, block);
            List<Bytes32> added = codes.added();
            assertThat(new CodeBook(CodeDictionary.NONE).begin(before, block).added())
                    .isEqualTo(added);
            List<Bytes32> plain = new ArrayList<>(List.of(CodeDictionary.EMPTY_CODE));
            for (int at = 0; at < before.added().count(); at++) {
                plain.add(before.added().at(at));
            }
            for (AccountChange change : block.accounts()) {
                change.after()
                        .map(AccountValue::codeHash)
                        .filter(hash -> !plain.contains(hash))
                        .ifPresent(plain::add);
            }
            for (int id = 0; id < plain.size(); id++) {
                assertThat(codes.dictionary().codeHash(id)).isEqualTo(plain.get(id));
            }
            assertThat(codes.dictionary().size()).isEqualTo(plain.size());
            for (AccountChange change : block.accounts()) {
                change.after()
                        .map(AccountValue::codeHash)
                        .ifPresent(hash -> assertThat(codes.id(hash)).isEqualTo(plain.indexOf(hash)));
            }
            if (random.nextInt(4) > 0) {
                // Else the block is given up, as when a node does not take it.
                chain.add(before.plus(added));
            }
        }
    }

    private BlockChanges block(List<Bytes32> pool) {
        TreeMap<Address, AccountChange> changes = new TreeMap<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            byte[] bytes = new byte[Address.LENGTH];
            bytes[0] = (byte) random.nextInt();
            Address address = Address.of(bytes);
            if (random.nextInt(3) == 0) {
                byte[] fresh = new byte[Bytes32.LENGTH];
                random.nextBytes(fresh);
                pool.add(Bytes32.of(fresh));
            }
            Bytes32 code = pool.get(random.nextInt(pool.size()));
            changes.put(
                    address,
                    new AccountChange(
                            address,
                            random.nextInt(5) == 0
                                    ? Optional.empty()
                                    : Optional.of(new AccountValue(BigInteger.ONE, 1, code))));
        }
        return new BlockChanges(BLOCK, HASH, List.copyOf(changes.values()), List.of(), List.of());
    }
}
