package org.morphogen.coordinator.feed;

import java.math.BigInteger;

/** A withdrawal of a validator, from a block's body. */
record Withdrawal(Address address, BigInteger wei) {
    private static final BigInteger WEI_PER_GWEI = BigInteger.valueOf(1_000_000_000);

    static Withdrawal ofGwei(Address address, BigInteger gwei) {
        return new Withdrawal(address, gwei.multiply(WEI_PER_GWEI));
    }

    /** That sum in Gwei, in which withdrawals are paid. */
    static BigInteger gwei(BigInteger wei) {
        BigInteger[] parts = wei.divideAndRemainder(WEI_PER_GWEI);
        if (parts[1].signum() != 0) {
            throw new IllegalArgumentException("wei: no withdrawal pays a fraction of a Gwei");
        }
        return parts[0];
    }
}
