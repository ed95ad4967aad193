package org.morphogen.epoch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.protocol.v1.DictionaryResponse;
import org.morphogen.row.Bytes32;
import org.morphogen.row.CodeDictionary;
import org.morphogen.row.CodeHashes;
import org.morphogen.snapshot.DictionaryEntry;
import org.morphogen.snapshot.Sha256;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DictionaryCatchUpTest {
    private static final String FILE_DIGEST = "ab".repeat(32);
    private static final DictionaryEntry SNAPSHOT = new DictionaryEntry("accounts/code-hashes.bin", 3, FILE_DIGEST);

    private final Random random = new Random(seed());

    private static long seed() {
        long seed = Long.getLong("morphogen.seed", System.nanoTime());
        System.out.println("DictionaryCatchUpTest seed " + seed);
        return seed;
    }

    @Test
    void theDigestIsAChainOverTheAddedHashes() {
        Bytes32 first = hash();
        Bytes32 second = hash();
        GrownDictionary grown = GrownDictionary.of(SNAPSHOT).plus(List.of(first, second));
        MessageDigest sha256 = Sha256.digest();
        sha256.update(Bytes32.parse(FILE_DIGEST).bytes());
        byte[] afterFirst = sha256.digest(first.bytes());
        sha256.update(afterFirst);
        assertThat(grown.digest()).isEqualTo(Bytes32.of(sha256.digest(second.bytes())));
        assertThat(grown)
                .isEqualTo(GrownDictionary.of(SNAPSHOT).plus(List.of(first)).plus(List.of(second)))
                .isNotEqualTo(GrownDictionary.of(SNAPSHOT).plus(List.of(second, first)));
        assertThat(grown.entries()).isEqualTo(5);
        assertThat(grown.added().at(1)).isEqualTo(second);
    }

    /** Lists on several branches, each checked against a plain copy at the end, when all have been written. */
    @Test
    void listsThatGrewFromOneAnotherDoNotDisturbEachOther() {
        List<CodeHashes> lists = new ArrayList<>(List.of(CodeHashes.none()));
        List<List<Bytes32>> plain = new ArrayList<>(List.of(List.of()));
        for (int step = 0; step < 300; step++) {
            int from = random.nextInt(lists.size());
            List<Bytes32> more = hashes(random.nextInt(6));
            lists.add(lists.get(from).plus(more));
            List<Bytes32> whole = new ArrayList<>(plain.get(from));
            whole.addAll(more);
            plain.add(whole);
        }
        for (int i = 0; i < lists.size(); i++) {
            CodeHashes list = lists.get(i);
            List<Bytes32> read = new ArrayList<>();
            for (int at = 0; at < list.count(); at++) {
                read.add(list.at(at));
            }
            assertThat(read).isEqualTo(plain.get(i));
            assertThatThrownBy(() -> list.at(list.count())).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void addedHashesStandBehindTheSnapshots() {
        Bytes32 added = hash();
        CodeDictionary dictionary = CodeDictionary.NONE.with(CodeHashes.none().plus(List.of(added)));
        assertThat(dictionary.size()).isEqualTo(2);
        assertThat(dictionary.codeHash(0)).isEqualTo(CodeDictionary.EMPTY_CODE);
        assertThat(dictionary.codeHash(1)).isEqualTo(added);
        assertThatThrownBy(() -> dictionary.codeHash(2)).hasMessageContaining("code id");
    }

    /** From any state to any other, through reorganisations and over many pages. */
    @Test
    void comesFromAnyStateToAnyOther() {
        List<GrownDictionary> states = new ArrayList<>(List.of(GrownDictionary.of(SNAPSHOT)));
        for (int step = 0; step < 40; step++) {
            int more = random.nextInt(8) == 0 ? DictionaryPage.MOST_HASHES + 5 : random.nextInt(4);
            states.add(states.get(random.nextInt(states.size())).plus(hashes(more)));
        }
        for (int round = 0; round < 300; round++) {
            GrownDictionary known = states.get(random.nextInt(states.size()));
            GrownDictionary wanted = states.get(random.nextInt(states.size()));
            GrownDictionary read = DictionaryCatchUp.read(SNAPSHOT, known, first -> page(wanted, first));
            assertThat(read).isEqualTo(wanted);
            assertThat(read.added().bytes(0, read.added().count()))
                    .isEqualTo(wanted.added().bytes(0, wanted.added().count()));
        }
    }

    @Test
    void asksOnceWhenNothingWasAdded() {
        GrownDictionary known = GrownDictionary.of(SNAPSHOT).plus(hashes(4));
        AtomicInteger asked = new AtomicInteger();
        assertThat(DictionaryCatchUp.read(SNAPSHOT, known, first -> {
                    asked.incrementAndGet();
                    return page(known, first);
                }))
                .isSameAs(known);
        assertThat(asked).hasValue(1);
    }

    @Test
    void believesNothingWithoutItsDigest() {
        GrownDictionary known = GrownDictionary.of(SNAPSHOT).plus(hashes(2));
        GrownDictionary wanted = known.plus(hashes(3));
        assertRefused(known, first -> changed(page(wanted, first)));
        assertRefused(known, first -> new DictionaryPage(1, wanted.digest(), List.of()));
        assertRefused(known, first -> new DictionaryPage(1 << 30, wanted.digest(), hashes(1)));
        assertRefused(known, first -> new DictionaryPage(wanted.entries(), wanted.digest(), List.of()));
        assertRefused(known, first -> new DictionaryPage(wanted.entries(), wanted.digest(), hashes(30)));
    }

    @Test
    void readsOnlyWholePages() {
        GrownDictionary dictionary = GrownDictionary.of(SNAPSHOT).plus(hashes(2));
        DictionaryResponse whole = DictionaryPage.write(dictionary, 4);
        assertThat(DictionaryPage.read(whole).codeHashes())
                .containsExactly(dictionary.added().at(1));
        assertThat(DictionaryPage.read(DictionaryPage.write(dictionary, -1)).codeHashes())
                .isEmpty();
        assertThatThrownBy(() -> DictionaryPage.write(dictionary, 2)).hasMessageContaining("first");
        assertMalformed(whole.toBuilder().setCodeHashes(whole.getCodeHashes().substring(1)), "code_hashes");
        assertMalformed(whole.toBuilder().clearDigest(), "digest");
        assertMalformed(whole.toBuilder().setEntries(-1), "entries");
    }

    @Test
    void growsNoFurtherThanItsBound() {
        GrownDictionary full = GrownDictionary.of(SNAPSHOT).plus(hashes(1));
        List<Bytes32> many = Collections.nCopies(GrownDictionary.MOST_ADDED, hash());
        assertThatThrownBy(() -> full.plus(many)).hasMessageContaining("more than " + GrownDictionary.MOST_ADDED);
    }

    private static void assertMalformed(DictionaryResponse.Builder message, String field) {
        assertThatThrownBy(() -> DictionaryPage.read(message.build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(field);
    }

    private static void assertRefused(GrownDictionary known, DictionaryCatchUp.Pages pages) {
        assertThatThrownBy(() -> DictionaryCatchUp.read(SNAPSHOT, known, pages))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static DictionaryPage page(GrownDictionary of, int first) {
        return DictionaryPage.read(DictionaryPage.write(of, first));
    }

    private DictionaryPage changed(DictionaryPage page) {
        List<Bytes32> other = new ArrayList<>(page.codeHashes());
        other.set(random.nextInt(other.size()), hash());
        return new DictionaryPage(page.entries(), page.digest(), other);
    }

    private List<Bytes32> hashes(int count) {
        List<Bytes32> hashes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            hashes.add(hash());
        }
        return hashes;
    }

    private Bytes32 hash() {
        byte[] bytes = new byte[Bytes32.LENGTH];
        random.nextBytes(bytes);
        return Bytes32.of(bytes);
    }
}
