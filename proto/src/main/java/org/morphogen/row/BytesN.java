package org.morphogen.row;

import java.util.Arrays;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/**
 * Any values of up to N - 12 bytes in rows of N bytes: tag 8, length 4, value, zeros to the end. Keys are 1 to 64 bytes.
 *
 * @param rowBytes N: a multiple of 16, 16 to 4096
 */
public record BytesN(int rowBytes) implements RowSchema {
    /** The shortest row. */
    public static final int MIN_ROW_BYTES = 16;
    /** The longest row. */
    public static final int MAX_ROW_BYTES = 4096;
    /** Bytes of the longest key. */
    public static final int MAX_KEY_BYTES = 64;

    private static final int LENGTH_AT = 8;
    private static final int VALUE_AT = 12;

    /** Checks the size. */
    public BytesN {
        if (rowBytes < MIN_ROW_BYTES || rowBytes > MAX_ROW_BYTES || rowBytes % 16 != 0) {
            throw new MorphogenException(
                    FailureReason.REQUEST_INVALID,
                    "schema: the N of bytes-N must be 16 to 4096 in steps of 16, not " + rowBytes);
        }
    }

    @Override
    public String name() {
        return "bytes-" + rowBytes;
    }

    @Override
    public int minKeyBytes() {
        return 1;
    }

    @Override
    public int maxKeyBytes() {
        return MAX_KEY_BYTES;
    }

    /** The longest value that a row holds, in bytes. */
    public int capacityBytes() {
        return rowBytes - VALUE_AT;
    }

    /**
     * Writes a row.
     *
     * @param tag not 0
     * @throws MorphogenException REQUEST_INVALID for tag 0 or a value longer than {@link #capacityBytes}
     */
    public void encode(long tag, byte[] value, byte[] row, int offset) {
        if (value.length > capacityBytes()) {
            throw new MorphogenException(
                    FailureReason.REQUEST_INVALID,
                    "value: " + name() + " holds " + capacityBytes() + " bytes, not " + value.length);
        }
        RowFields.start(tag, row, offset, rowBytes);
        RowFields.writeInt(value.length, row, offset + LENGTH_AT);
        System.arraycopy(value, 0, row, offset + VALUE_AT, value.length);
    }

    @Override
    public BytesValue decode(byte[] row, CodeDictionary dictionary) {
        RowFields.checkRow(this, row);
        int length = RowFields.readInt(row, LENGTH_AT);
        if (length < 0 || length > capacityBytes()) {
            throw RowFields.misbehaves("length", "is more than a row of " + name() + " holds");
        }
        if (!RowFields.allZero(row, VALUE_AT + length, capacityBytes() - length)) {
            throw RowFields.misbehaves("padding", "must be zero");
        }
        return new BytesValue(Arrays.copyOfRange(row, VALUE_AT, VALUE_AT + length));
    }
}
