package org.morphogen.coordinator.feed;

import org.morphogen.coordinator.ethereum.CodeHash;
import org.morphogen.row.Bytes32;
import org.morphogen.row.CodeDictionary;

/**
 * What a diff tells of an account's code.
 *
 * @param hash zero means, on the side after, that the account is no more; before, that it has no code
 * @param mayDelegate whether it is a delegation (EIP-7702), or may be one because only the hash is told
 */
record CodePart(Bytes32 hash, boolean mayDelegate) {
    /** 0xef0100, followed by the address of the code to run. */
    private static final byte[] DELEGATION = {(byte) 0xef, 0x01, 0x00};

    static CodePart of(byte[] code) {
        boolean delegates = code.length == DELEGATION.length + Address.LENGTH;
        for (int i = 0; delegates && i < DELEGATION.length; i++) {
            delegates = code[i] == DELEGATION[i];
        }
        return new CodePart(CodeHash.of(code), delegates);
    }

    static CodePart ofHash(Bytes32 hash) {
        return new CodePart(hash, !Words.isZero(hash) && !hash.equals(CodeDictionary.EMPTY_CODE));
    }
}
