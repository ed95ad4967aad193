package org.morphogen.dpf;

import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-128 under one of the construction's three public keys. Not thread-safe; allocates nothing after construction.
 *
 * <p>The JDK runs ECB on the processor's AES instructions, at full speed only from one heap array to another of some
 * 4 KiB to 1 MiB. On a processor without them the JDK falls back to tables, whose timing may leak.
 */
final class FixedKeyAes {
    private final Cipher cipher;

    private FixedKeyAes(String keyHex) {
        try {
            cipher = Cipher.getInstance("AES/ECB/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(HexFormat.of().parseHex(keyHex), "AES"));
        } catch (GeneralSecurityException everyJdkHasIt) {
            throw new IllegalStateException("this Java has no AES/ECB/NoPadding", everyJdkHasIt);
        }
    }

    static FixedKeyAes forLeftChildren() {
        return new FixedKeyAes("fda2b6a5d0085f93e53da0f6cc37e05b");
    }

    static FixedKeyAes forRightChildren() {
        return new FixedKeyAes("0b4d6ff6e01feae26c02bbdeaeb694ef");
    }

    static FixedKeyAes forLeafValues() {
        return new FixedKeyAes("981c1db20111a346e323548c58d1a505");
    }

    /**
     * Encrypts whole blocks.
     *
     * @param bytes a multiple of 16
     * @param into another array than {@code from}
     */
    void encrypt(byte[] from, int offset, int bytes, byte[] into, int intoOffset) {
        try {
            // Without padding or chaining, update leaves nothing behind and skips what doFinal resets.
            cipher.update(from, offset, bytes, into, intoOffset);
        } catch (ShortBufferException tooSmall) {
            throw new IllegalArgumentException("no room for " + bytes + " bytes", tooSmall);
        }
    }

    /** The hash of one block: AES(sigma(block)) ^ sigma(block). For keys, not for expansions: it allocates. */
    Block hash(Block block) {
        Block sigma = block.sigma();
        byte[] plain = new byte[Block.BYTES];
        byte[] encrypted = new byte[Block.BYTES];
        sigma.write(plain, 0);
        encrypt(plain, 0, Block.BYTES, encrypted, 0);
        return Block.read(encrypted, 0).xor(sigma);
    }
}
