package org.morphogen.row;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Code hashes, one behind the other. {@link #plus} gives a longer list and leaves this one as it is; the longest of
 * those that grew from one another shares its bytes with the shorter ones, so that a list for every epoch costs little.
 * Immutable and thread-safe.
 */
public final class CodeHashes {
    private static final int FIRST_CAPACITY = 4 * Bytes32.LENGTH;

    private final Store store;
    private final int count;

    private CodeHashes(Store store, int count) {
        this.store = store;
        this.count = count;
    }

    /** No hash. */
    public static CodeHashes none() {
        return new CodeHashes(new Store(), 0);
    }

    /** Number of hashes. */
    public int count() {
        return count;
    }

    /** The hash at a place, from 0 on; fails with IndexOutOfBoundsException. */
    public Bytes32 at(int place) {
        return Bytes32.read(store.bytes, Objects.checkIndex(place, count) * Bytes32.LENGTH);
    }

    /** Those from one place up to another, without it, 32 bytes each; fails with IndexOutOfBoundsException. */
    public byte[] bytes(int from, int to) {
        if (from < 0 || from > to || to > count) {
            throw new IndexOutOfBoundsException("hashes " + from + " to " + to + " of " + count);
        }
        return Arrays.copyOfRange(store.bytes, from * Bytes32.LENGTH, to * Bytes32.LENGTH);
    }

    /** How many hashes both lists begin with. */
    public int commonWith(CodeHashes other) {
        int most = Math.min(count, other.count);
        if (store == other.store) {
            return most;
        }
        int end = most * Bytes32.LENGTH;
        int mismatch = Arrays.mismatch(store.bytes, 0, end, other.store.bytes, 0, end);
        return mismatch < 0 ? most : mismatch / Bytes32.LENGTH;
    }

    /** These and some more behind them. */
    public CodeHashes plus(List<Bytes32> more) {
        return new CodeHashes(store.with(count, more), count + more.size());
    }

    /** Grows in place as long as nobody has written behind the list that grows. */
    private static final class Store {
        /** What stands before {@code used} never changes. */
        private volatile byte[] bytes;

        private int used;

        Store() {
            this(new byte[0], 0);
        }

        private Store(byte[] bytes, int used) {
            this.bytes = bytes;
            this.used = used;
        }

        /** Gives the store in which {@code more} stand behind the first {@code count}. */
        synchronized Store with(int count, List<Bytes32> more) {
            if (count != used) {
                return new Store(Arrays.copyOf(bytes, count * Bytes32.LENGTH), count).with(count, more);
            }
            int needed = (count + more.size()) * Bytes32.LENGTH;
            byte[] grown = bytes;
            if (needed > grown.length) {
                grown = Arrays.copyOf(grown, Math.max(needed, Math.max(FIRST_CAPACITY, grown.length * 2)));
            }
            for (Bytes32 hash : more) {
                System.arraycopy(hash.bytes(), 0, grown, used * Bytes32.LENGTH, Bytes32.LENGTH);
                used++;
            }
            bytes = grown;
            return this;
        }
    }
}
