package org.morphogen.client.party;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.morphogen.epoch.DictionaryGrowth;
import org.morphogen.epoch.Epoch;
import org.morphogen.epoch.GrownDictionaries;
import org.morphogen.row.Bytes32;
import org.morphogen.snapshot.BlockInfo;

/**
 * Epochs of one snapshot, consecutive and oldest first. In each every account has another nonce, so that answers of two
 * epochs, or of two forks, do not add up to anything. Immutable.
 */
public record FakeChain(List<FakeEpoch> states) {
    public FakeChain {
        states = List.copyOf(states);
    }

    /** An epoch, what blocks have added to dictionaries, and how to get its state from the snapshot's. */
    public record FakeEpoch(Epoch epoch, GrownDictionaries dictionaries, FakeSnapshot snapshot) {
        /** The matrix after the epoch's block. */
        public FakeSnapshot state() {
            long salt = ByteBuffer.wrap(epoch.digest().bytes()).getLong();
            return epoch.number() == 0 ? snapshot : snapshot.changed(salt, dictionaries);
        }
    }

    /** The snapshot alone. */
    public static FakeChain of(FakeSnapshot snapshot) {
        Epoch base = Epoch.base(0, snapshot.digest(), snapshot.manifest().block());
        return new FakeChain(List.of(new FakeEpoch(base, GrownDictionaries.of(snapshot.manifest()), snapshot)));
    }

    /** So many epochs more, which follow from the seed; other seeds give a fork. */
    public FakeChain grow(int count, long seed) {
        Random random = new Random(seed);
        List<FakeEpoch> grown = new ArrayList<>(states);
        for (int i = 0; i < count; i++) {
            Epoch parent = grown.getLast().epoch();
            BlockInfo block = new BlockInfo(
                    parent.block().number() + 1,
                    random32(random).toString(),
                    random32(random).toString());
            grown.add(new FakeEpoch(
                    new Epoch(parent.number() + 1, random32(random), block),
                    grown.getLast().dictionaries().plus(growths(random)),
                    grown.getLast().snapshot()));
        }
        return new FakeChain(grown);
    }

    /** One epoch more, whose block adds so many codes to the accounts' dictionary. */
    public FakeChain addCodes(int count, long seed) {
        Random random = new Random(seed);
        FakeEpoch last = head();
        BlockInfo block = new BlockInfo(
                last.epoch().block().number() + 1,
                random32(random).toString(),
                random32(random).toString());
        List<Bytes32> codes =
                Stream.generate(() -> random32(random)).limit(count).toList();
        List<FakeEpoch> grown = new ArrayList<>(states);
        grown.add(new FakeEpoch(
                new Epoch(last.epoch().number() + 1, random32(random), block),
                last.dictionaries().plus(List.of(new DictionaryGrowth("accounts", codes))),
                last.snapshot()));
        return new FakeChain(grown);
    }

    /** Every second block adds codes to the accounts' dictionary. */
    private List<DictionaryGrowth> growths(Random random) {
        boolean possible =
                head().snapshot().table("accounts").manifest().dictionary().isPresent();
        return possible && random.nextBoolean()
                ? List.of(new DictionaryGrowth("accounts", List.of(random32(random), random32(random))))
                : List.of();
    }

    /** Without the epochs before that number. */
    public FakeChain from(long first) {
        return new FakeChain(
                states.stream().filter(state -> state.epoch().number() >= first).toList());
    }

    /** Without the epochs after that number. */
    public FakeChain upTo(long last) {
        return new FakeChain(
                states.stream().filter(state -> state.epoch().number() <= last).toList());
    }

    /** The epochs alone. */
    public List<Epoch> epochs() {
        return states.stream().map(FakeEpoch::epoch).toList();
    }

    /** The newest. */
    public FakeEpoch head() {
        return states.getLast();
    }

    /** The epoch of that number, if it is there. */
    public Optional<FakeEpoch> numbered(long number) {
        return states.stream().filter(state -> state.epoch().number() == number).findFirst();
    }

    private static Bytes32 random32(Random random) {
        byte[] bytes = new byte[Bytes32.LENGTH];
        random.nextBytes(bytes);
        return Bytes32.of(bytes);
    }
}
