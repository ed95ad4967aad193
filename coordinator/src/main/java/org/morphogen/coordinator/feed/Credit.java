package org.morphogen.coordinator.feed;

import java.math.BigInteger;

/**
 * A sum that a block added to an account of which it told nothing else: withdrawals of validators. It makes the account
 * if there is none.
 *
 * @param wei what to add to the balance; more than 0
 */
public record Credit(Address address, BigInteger wei) {
    /** Checks the sum. */
    public Credit {
        if (wei.signum() <= 0) {
            throw new IllegalArgumentException("wei: must be more than 0");
        }
    }
}
