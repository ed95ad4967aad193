package org.morphogen.client.view;

import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.Bytes32;

/** Of which block's state a lookup is. No secret: both parties see it. */
public sealed interface BlockChoice {
    /** The newest block that both parties can answer for. */
    BlockChoice LATEST = new Latest();

    /** The newest block that both parties can answer for. */
    record Latest() implements BlockChoice {}

    /**
     * The block of that number, whichever it is when the lookup begins: after a reorganisation it is another.
     *
     * @param number not negative
     */
    record OfNumber(long number) implements BlockChoice {
        public OfNumber {
            if (number < 0) {
                throw unreadable("A block number is not negative");
            }
        }

        @Override
        public String toString() {
            return "block " + number;
        }
    }

    /** The block of that hash. */
    record OfHash(Bytes32 hash) implements BlockChoice {
        @Override
        public String toString() {
            return "block " + hash;
        }
    }

    /** A block number in decimal digits, or a block hash of 64 hex digits; fails with REQUEST_INVALID. */
    static BlockChoice parse(String text) {
        if (text.matches("[0-9]{1,18}")) {
            return new OfNumber(Long.parseLong(text));
        }
        if (text.matches("(?:0x)?[0-9a-fA-F]{64}")) {
            return new OfHash(Bytes32.parse(text));
        }
        throw unreadable("A block is its number, or its hash of 64 hex digits");
    }

    private static MorphogenException unreadable(String what) {
        return new MorphogenException(FailureReason.REQUEST_INVALID, "block: " + what + ".");
    }
}
