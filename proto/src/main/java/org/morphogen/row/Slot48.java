package org.morphogen.row;

import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/**
 * Storage slots in 48 bytes: tag 8, value 32, spare 8 (zero). The key is the contract's 20-byte address and the 32-byte
 * slot, 52 bytes in all.
 */
public record Slot48() implements RowSchema {
    /** Name of this schema. */
    public static final String NAME = "slot-48";
    /** Bytes of a row. */
    public static final int ROW_BYTES = 48;
    /** Bytes of a key. */
    public static final int KEY_BYTES = Account64.ADDRESS_BYTES + Bytes32.LENGTH;

    private static final int VALUE_AT = 8;
    private static final int SPARE_AT = 40;
    private static final int SPARE_BYTES = 8;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int rowBytes() {
        return ROW_BYTES;
    }

    @Override
    public int minKeyBytes() {
        return KEY_BYTES;
    }

    @Override
    public int maxKeyBytes() {
        return KEY_BYTES;
    }

    /**
     * The key of a slot.
     *
     * @param address 20 bytes
     * @throws MorphogenException REQUEST_INVALID for an address of any other length
     */
    public static byte[] key(byte[] address, Bytes32 slot) {
        if (address.length != Account64.ADDRESS_BYTES) {
            throw new MorphogenException(
                    FailureReason.REQUEST_INVALID, "address: must be 20 bytes, not " + address.length);
        }
        byte[] key = new byte[KEY_BYTES];
        System.arraycopy(address, 0, key, 0, address.length);
        slot.write(key, address.length);
        return key;
    }

    /**
     * Writes a row.
     *
     * @param tag not 0
     * @throws MorphogenException REQUEST_INVALID for tag 0
     */
    public void encode(long tag, SlotValue value, byte[] row, int offset) {
        RowFields.start(tag, row, offset, ROW_BYTES);
        value.value().write(row, offset + VALUE_AT);
    }

    @Override
    public SlotValue decode(byte[] row, CodeDictionary dictionary) {
        RowFields.checkRow(this, row);
        if (!RowFields.allZero(row, SPARE_AT, SPARE_BYTES)) {
            throw RowFields.misbehaves("spare", "must be zero");
        }
        return new SlotValue(Bytes32.read(row, VALUE_AT));
    }
}
