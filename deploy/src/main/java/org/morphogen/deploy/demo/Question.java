package org.morphogen.deploy.demo;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/**
 * One thing that the demo asks, with what the published genesis allocation says.
 *
 * @param address 0x and 40 hex digits
 * @param who what is known of the account
 * @param balance in wei; empty for an address that the state does not have
 */
record Question(String address, String who, Optional<BigInteger> balance) {
    /** A funded giant, a round number, an account that exists and is empty, and one that does not exist. */
    static final List<Question> USUAL = List.of(
            new Question(
                    "0x5abfec25f74cd88437631a7731906932776356f9",
                    "the largest account of the genesis block",
                    Optional.of(new BigInteger("11901484239480000000000000"))),
            new Question(
                    "0x3282791d6fd713f1e94f4bfd565eaa78b3a0599d",
                    "an account with a round balance",
                    Optional.of(new BigInteger("1337000000000000000000"))),
            new Question(
                    "0x00c40fe2095423509b9fd9b754323158af2310f3",
                    "an account that exists and is empty",
                    Optional.of(BigInteger.ZERO)),
            new Question(
                    "0xd8da6bf26964af9d7eed9e03e53415d37aa96045",
                    "an address that the genesis block does not have",
                    Optional.empty()));
}
