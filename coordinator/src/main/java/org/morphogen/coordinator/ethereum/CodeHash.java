package org.morphogen.coordinator.ethereum;

import org.bouncycastle.crypto.digests.KeccakDigest;
import org.morphogen.row.Bytes32;

/** The hash by which an account names its code: keccak256. */
public final class CodeHash {
    private CodeHash() {}

    /** The hash of some code, which may be empty. */
    public static Bytes32 of(byte[] code) {
        KeccakDigest keccak = new KeccakDigest(Byte.SIZE * Bytes32.LENGTH);
        keccak.update(code, 0, code.length);
        byte[] hash = new byte[Bytes32.LENGTH];
        keccak.doFinal(hash, 0);
        return Bytes32.of(hash);
    }
}
