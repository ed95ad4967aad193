package org.morphogen.coordinator.delta;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.morphogen.addressing.TableAddressing;

/** Keys by number, and keys found for the rows that they may stand in. */
final class TestKeys {
    private static final int KEY_BYTES = 20;

    private final TableAddressing addressing;
    private int next;

    TestKeys(TableAddressing addressing) {
        this.addressing = addressing;
    }

    static byte[] key(long number) {
        return ByteBuffer.allocate(KEY_BYTES)
                .putLong(KEY_BYTES - Long.BYTES, number)
                .array();
    }

    /** A key that was not given yet, greater than all given before, with these rows in ways 0, 1 and 2. */
    byte[] standingIn(long... rows) {
        for (; ; next++) {
            byte[] key = key(next);
            if (Arrays.equals(addressing.rows(key), rows)) {
                next++;
                return key;
            }
        }
    }
}
