package org.morphogen.dpf;

import org.morphogen.dpf.DpfKey.Correction;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/**
 * Keys as bytes. With d levels ({@code depth}) a key is
 *
 * <table>
 * <caption>Encoding of a key</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>1</td><td>version: 1</td></tr>
 * <tr><td>1</td><td>1</td><td>party: 0 or 1</td></tr>
 * <tr><td>2</td><td>1</td><td>depth d: 0 to 33</td></tr>
 * <tr><td>3</td><td>16</td><td>root seed</td></tr>
 * <tr><td>19</td><td>16 d</td><td>seed corrections, level 0 first; bit 0 of the first byte of each is 0</td></tr>
 * <tr><td>19 + 16 d</td><td>ceil(d / 4)</td><td>control corrections, two bits a level: of level l, left is bit 2 (l
 * mod 4) and right the next bit of byte l / 4, bit 0 being the lowest; the bits after the last level are 0</td></tr>
 * <tr><td>19 + 16 d + ceil(d / 4)</td><td>16</td><td>value correction</td></tr>
 * </table>
 *
 * <p>Every block of 16 bytes stands as it goes into AES. There is exactly one encoding of a key. The length depends on
 * the depth alone, so a key's size tells nothing of its target. Stateless and thread-safe.
 */
public final class DpfKeyCodec {
    /** The version that is written and read. */
    public static final int VERSION = 1;
    /** Bytes of the longest key. */
    public static final int MAX_ENCODED_BYTES = encodedBytes(DpfDomain.MAX_DEPTH);

    private static final int PARTY_AT = 1;
    private static final int DEPTH_AT = 2;
    private static final int ROOT_SEED_AT = 3;
    private static final int SEEDS_AT = ROOT_SEED_AT + Block.BYTES;
    private static final int LEVELS_PER_BYTE = 4;

    private DpfKeyCodec() {}

    /** Bytes of a key of that depth, 0 to {@value DpfDomain#MAX_DEPTH}. */
    public static int encodedBytes(int depth) {
        if (depth < 0 || depth > DpfDomain.MAX_DEPTH) {
            throw new IllegalArgumentException("depth: must be 0 to " + DpfDomain.MAX_DEPTH + ", is " + depth);
        }
        return valueAt(depth) + Block.BYTES;
    }

    /** The key's bytes; as secret as the key. */
    public static byte[] encode(DpfKey key) {
        int depth = key.depth();
        byte[] bytes = new byte[encodedBytes(depth)];
        bytes[0] = VERSION;
        bytes[PARTY_AT] = (byte) key.party();
        bytes[DEPTH_AT] = (byte) depth;
        key.rootSeed().write(bytes, ROOT_SEED_AT);
        for (int level = 0; level < depth; level++) {
            Correction correction = key.correction(level);
            correction.seed().write(bytes, seedAt(level));
            int controls = correction.controlLeft() | correction.controlRight() << 1;
            bytes[controlsAt(depth) + level / LEVELS_PER_BYTE] |= (byte) (controls << controlShift(level));
        }
        key.valueCorrection().write(bytes, valueAt(depth));
        return bytes;
    }

    /**
     * Reads a key from bytes that anybody may have sent.
     *
     * @throws MorphogenException KEY_MALFORMED naming the field; never shows bytes of the key
     */
    public static DpfKey decode(byte[] bytes) {
        checkHeader(bytes);
        int depth = bytes[DEPTH_AT];
        Correction[] corrections = new Correction[depth];
        for (int level = 0; level < depth; level++) {
            corrections[level] = readCorrection(bytes, depth, level);
        }
        checkPadding(bytes, depth);
        return new DpfKey(
                bytes[PARTY_AT], Block.read(bytes, ROOT_SEED_AT), corrections, Block.read(bytes, valueAt(depth)));
    }

    private static void checkHeader(byte[] bytes) {
        if (bytes.length < ROOT_SEED_AT) {
            throw malformed("length", "must be at least " + encodedBytes(0) + " bytes, is " + bytes.length);
        }
        if (bytes[0] != VERSION) {
            throw malformed("version", "must be " + VERSION);
        }
        if (bytes[PARTY_AT] != 0 && bytes[PARTY_AT] != 1) {
            throw malformed("party", "must be 0 or 1");
        }
        int depth = bytes[DEPTH_AT];
        if (depth < 0 || depth > DpfDomain.MAX_DEPTH) {
            throw malformed("depth", "must be 0 to " + DpfDomain.MAX_DEPTH);
        }
        if (bytes.length != encodedBytes(depth)) {
            throw malformed(
                    "length", "must be " + encodedBytes(depth) + " bytes at depth " + depth + ", is " + bytes.length);
        }
    }

    private static Correction readCorrection(byte[] bytes, int depth, int level) {
        Block seed = Block.read(bytes, seedAt(level));
        if (seed.lowestBit() != 0) {
            throw malformed("seed corrections", "the lowest bit must be 0, at level " + level);
        }
        int controls = bytes[controlsAt(depth) + level / LEVELS_PER_BYTE] >>> controlShift(level);
        return new Correction(seed, controls & 1, controls >>> 1 & 1);
    }

    private static void checkPadding(byte[] bytes, int depth) {
        int usedInLastByte = controlShift(depth);
        if (usedInLastByte != 0 && (bytes[valueAt(depth) - 1] & 0xff) >>> usedInLastByte != 0) {
            throw malformed("control corrections", "the bits after the last level must be 0");
        }
    }

    private static int seedAt(int level) {
        return SEEDS_AT + level * Block.BYTES;
    }

    private static int controlsAt(int depth) {
        return seedAt(depth);
    }

    private static int controlShift(int level) {
        return 2 * (level % LEVELS_PER_BYTE);
    }

    private static int valueAt(int depth) {
        return controlsAt(depth) + (depth + LEVELS_PER_BYTE - 1) / LEVELS_PER_BYTE;
    }

    private static MorphogenException malformed(String field, String what) {
        return new MorphogenException(FailureReason.KEY_MALFORMED, "key " + field + ": " + what);
    }
}
