package org.morphogen.client.lookup;

import java.util.Arrays;
import org.morphogen.row.Bytes32;
import org.morphogen.row.Slot48;

/** A storage slot of a contract. */
public final class StorageKey implements LookupKey {
    private final byte[] bytes;

    private StorageKey(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The slot of that contract. */
    public static StorageKey of(Address contract, Bytes32 slot) {
        return new StorageKey(Slot48.key(contract.secretBytes(), slot));
    }

    @Override
    public byte[] secretBytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StorageKey that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "StorageKey[hidden]";
    }
}
