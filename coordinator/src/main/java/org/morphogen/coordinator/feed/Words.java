package org.morphogen.coordinator.feed;

import java.util.Arrays;
import java.util.Comparator;
import org.morphogen.row.Bytes32;

/** What is asked of 32-byte words here. */
final class Words {
    static final Bytes32 ZERO = Bytes32.of(new byte[Bytes32.LENGTH]);

    /** As unsigned numbers. */
    static final Comparator<Bytes32> ORDER = (a, b) -> Arrays.compareUnsigned(a.bytes(), b.bytes());

    private Words() {}

    /** A number of 0 or more. */
    static Bytes32 of(long number) {
        return Bytes32.parse("%064x".formatted(number));
    }

    static boolean isZero(Bytes32 word) {
        return word.equals(ZERO);
    }
}
