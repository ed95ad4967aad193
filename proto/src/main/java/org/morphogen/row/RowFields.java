package org.morphogen.row;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/** Reads, writes and checks the fields of rows. */
final class RowFields {
    private static final VarHandle TAG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private RowFields() {}

    static long readTag(byte[] row, int offset) {
        return (long) TAG.get(row, offset);
    }

    /** Begins a row: all zero but the tag. */
    static void start(long tag, byte[] row, int offset, int rowBytes) {
        if (tag == 0) {
            throw new MorphogenException(FailureReason.REQUEST_INVALID, "tag: 0 marks an empty row");
        }
        Arrays.fill(row, offset, offset + rowBytes, (byte) 0);
        TAG.set(row, offset, tag);
    }

    /** Checks what every row that holds a value has: its length and a tag. */
    static void checkRow(RowSchema schema, byte[] row) {
        if (row.length != schema.rowBytes()) {
            throw misbehaves("row", schema.name() + " has " + schema.rowBytes() + " bytes, not " + row.length);
        }
        if (readTag(row, 0) == 0) {
            throw misbehaves("tag", "0 marks an empty row, which has no value");
        }
    }

    static long readLong(byte[] row, int offset) {
        return (long) LONG.get(row, offset);
    }

    static void writeLong(long value, byte[] row, int offset) {
        LONG.set(row, offset, value);
    }

    static int readInt(byte[] row, int offset) {
        return (int) INT.get(row, offset);
    }

    static void writeInt(int value, byte[] row, int offset) {
        INT.set(row, offset, value);
    }

    static BigInteger readUnsigned(byte[] row, int offset, int bytes) {
        return new BigInteger(1, row, offset, bytes);
    }

    /** Writes a number that {@link #checkUnsigned} has passed, with zeros before it. */
    static void writeUnsigned(BigInteger value, byte[] row, int offset, int bytes) {
        byte[] digits = value.toByteArray();
        int used = Math.min(digits.length, bytes);
        System.arraycopy(digits, digits.length - used, row, offset + bytes - used, used);
    }

    static void checkUnsigned(String field, BigInteger value, int bits) {
        if (value.signum() < 0) {
            throw new MorphogenException(FailureReason.REQUEST_INVALID, field + ": must not be negative");
        }
        if (value.bitLength() > bits) {
            throw new MorphogenException(FailureReason.REQUEST_INVALID, field + ": must be below 2^" + bits);
        }
    }

    static boolean allZero(byte[] row, int offset, int bytes) {
        int any = 0;
        for (int i = 0; i < bytes; i++) {
            any |= row[offset + i];
        }
        return any == 0;
    }

    static MorphogenException misbehaves(String field, String what) {
        return new MorphogenException(FailureReason.PARTY_MISBEHAVES, field + ": " + what);
    }
}
