package org.morphogen.addressing;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * SipHash-2-4 with a 64-bit result (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012). Stateless and
 * thread-safe. Its time depends on the length of the data alone.
 */
public final class SipHash {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private SipHash() {}

    /** The hash of all the data. */
    public static long hash(HashSeed seed, byte[] data) {
        return hash(seed, data, 0, data.length);
    }

    /** The hash of the eight bytes of {@code word}, little endian. */
    public static long hash(HashSeed seed, long word) {
        byte[] data = new byte[Long.BYTES];
        LONGS.set(data, 0, word);
        return hash(seed, data);
    }

    /**
     * The hash of {@code length} bytes from {@code offset} on. Its bytes in the order of the paper are those of the
     * result written little endian.
     */
    public static long hash(HashSeed seed, byte[] data, int offset, int length) {
        long v0 = seed.k0() ^ 0x736f6d6570736575L;
        long v1 = seed.k1() ^ 0x646f72616e646f6dL;
        long v2 = seed.k0() ^ 0x6c7967656e657261L;
        long v3 = seed.k1() ^ 0x7465646279746573L;
        int fullWords = length >>> 3;
        // A message word each, then the word with the length, then a finalization that counts as two.
        for (int i = 0; i < fullWords + 3; i++) {
            long word = 0;
            if (i < fullWords) {
                word = (long) LONGS.get(data, offset + 8 * i);
            } else if (i == fullWords) {
                word = lastWord(data, offset + 8 * i, length & 7) | (long) length << 56;
            } else if (i == fullWords + 1) {
                v2 ^= 0xff;
            }
            v3 ^= word;
            for (int round = 0; round < 2; round++) {
                v0 += v1;
                v2 += v3;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v1;
                v0 += v3;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 = Long.rotateLeft(v2, 32);
            }
            v0 ^= word;
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private static long lastWord(byte[] data, int offset, int length) {
        long word = 0;
        for (int i = 0; i < length; i++) {
            word |= (data[offset + i] & 0xffL) << (8 * i);
        }
        return word;
    }
}
