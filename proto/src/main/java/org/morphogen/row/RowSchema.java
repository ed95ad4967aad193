package org.morphogen.row;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/**
 * What the bytes of a table's rows mean. Every row starts with an 8-byte tag, little endian; all other integers are big
 * endian. A row of zeros is empty, and tag 0 belongs to no key. All schemas are immutable and thread-safe.
 *
 * <p>Failures of decoding never tell a value: a row is the answer to a private question.
 */
public sealed interface RowSchema permits Account32, Account64, Slot48, BytesN {
    /** Name in manifests and settings, e.g. {@code account-32}. */
    String name();

    /** Bytes of a row: a multiple of 16. */
    int rowBytes();

    /** Bytes of the shortest key. */
    int minKeyBytes();

    /** Bytes of the longest key. */
    int maxKeyBytes();

    /**
     * The value in a row that is not empty.
     *
     * @param row exactly {@link #rowBytes} bytes
     * @param dictionary the table's code hashes; read by account-32 alone, the others take {@link CodeDictionary#NONE}
     * @throws MorphogenException PARTY_MISBEHAVES naming the field that no honest party could have written
     */
    RowValue decode(byte[] row, CodeDictionary dictionary);

    /**
     * Checks that a key has a length this schema takes.
     *
     * @throws MorphogenException REQUEST_INVALID
     */
    default void checkKey(byte[] key) {
        if (key.length < minKeyBytes() || key.length > maxKeyBytes()) {
            String allowed =
                    minKeyBytes() == maxKeyBytes() ? "" + minKeyBytes() : minKeyBytes() + " to " + maxKeyBytes();
            throw new MorphogenException(
                    FailureReason.REQUEST_INVALID,
                    "key: " + name() + " takes " + allowed + " bytes, not " + key.length);
        }
    }

    /**
     * The schema of that name.
     *
     * @throws MorphogenException REQUEST_INVALID for a name that no schema has
     */
    static RowSchema parse(String name) {
        return switch (name) {
            case Account32.NAME -> new Account32();
            case Account64.NAME -> new Account64();
            case Slot48.NAME -> new Slot48();
            default -> parseBytesN(name);
        };
    }

    private static RowSchema parseBytesN(String name) {
        Matcher bytesN = Pattern.compile("bytes-([1-9][0-9]{1,3})").matcher(name);
        if (!bytesN.matches()) {
            throw new MorphogenException(
                    FailureReason.REQUEST_INVALID,
                    "schema: no such schema; there are account-32, account-64, slot-48 and bytes-N,"
                            + " N being 16 to 4096 in steps of 16");
        }
        return new BytesN(Integer.parseInt(bytesN.group(1)));
    }
}
