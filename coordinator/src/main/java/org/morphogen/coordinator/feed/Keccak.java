package org.morphogen.coordinator.feed;

import org.bouncycastle.crypto.digests.KeccakDigest;
import org.morphogen.row.Bytes32;

/** The hash of code. */
final class Keccak {
    private Keccak() {}

    static Bytes32 of(byte[] code) {
        KeccakDigest keccak = new KeccakDigest(Byte.SIZE * Bytes32.LENGTH);
        keccak.update(code, 0, code.length);
        byte[] hash = new byte[Bytes32.LENGTH];
        keccak.doFinal(hash, 0);
        return Bytes32.of(hash);
    }
}
