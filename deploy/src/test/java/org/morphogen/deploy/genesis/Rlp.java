package org.morphogen.deploy.genesis;

import java.io.ByteArrayOutputStream;
import java.util.List;

/** Encodes by Ethereum's Recursive Length Prefix (yellow paper, appendix B). */
final class Rlp {
    private static final int SHORT_STRING = 0x80;
    private static final int SHORT_LIST = 0xc0;
    private static final int LONGEST_SHORT = 55;

    private Rlp() {}

    static byte[] string(byte[] bytes) {
        boolean itself = bytes.length == 1 && (bytes[0] & 0xff) < SHORT_STRING;
        return itself ? bytes.clone() : withHead(SHORT_STRING, bytes);
    }

    /** A list of items that are encoded already. */
    static byte[] list(List<byte[]> encoded) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        encoded.forEach(body::writeBytes);
        return withHead(SHORT_LIST, body.toByteArray());
    }

    private static byte[] withHead(int base, byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (body.length <= LONGEST_SHORT) {
            out.write(base + body.length);
        } else {
            int lengthBytes = (Integer.SIZE - Integer.numberOfLeadingZeros(body.length) + 7) / Byte.SIZE;
            out.write(base + LONGEST_SHORT + lengthBytes);
            for (int i = lengthBytes - 1; i >= 0; i--) {
                out.write(body.length >>> (Byte.SIZE * i));
            }
        }
        out.writeBytes(body);
        return out.toByteArray();
    }
}
