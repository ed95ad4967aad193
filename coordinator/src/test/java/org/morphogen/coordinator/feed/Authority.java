package org.morphogen.coordinator.feed;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECPoint;
import org.morphogen.coordinator.ethereum.CodeHash;

/** An account whose key is at hand: it can sign delegations (EIP-7702). For tests alone: its numbers are not secret. */
final class Authority {
    private static final X9ECParameters CURVE = CustomNamedCurves.getByName("secp256k1");
    private static final int KEY_BITS = 255;
    private static final int MAGIC = 0x05;
    private static final int RLP_TEXT = 0x80;
    private static final int RLP_LIST = 0xc0;

    private final Random random;
    private final BigInteger key;
    private final String address;

    Authority(Random random) {
        this.random = random;
        this.key = number();
        byte[] point = CURVE.getG().multiply(key).normalize().getEncoded(false);
        byte[] hash = keccak(Arrays.copyOfRange(point, 1, point.length));
        this.address = "0x" + HexFormat.of().formatHex(hash, hash.length - Address.LENGTH, hash.length);
    }

    String address() {
        return address;
    }

    /** What goes into a transaction's list of authorizations, as JSON. */
    String delegates(long chain, String target, long nonce) {
        BigInteger hash = new BigInteger(1, keccak(message(chain, target, nonce)));
        BigInteger order = CURVE.getN();
        BigInteger secret = number();
        ECPoint point = CURVE.getG().multiply(secret).normalize();
        BigInteger r = point.getAffineXCoord().toBigInteger().mod(order);
        BigInteger s =
                secret.modInverse(order).multiply(hash.add(r.multiply(key))).mod(order);
        boolean odd = point.getAffineYCoord().toBigInteger().testBit(0);
        boolean high = s.compareTo(order.shiftRight(1)) > 0;
        return "{'chainId':'%s','address':'%s','nonce':'%s','yParity':'%s','r':'0x%s','s':'0x%s'}"
                .formatted(
                        Hex.ofNumber(chain),
                        target,
                        Hex.ofNumber(nonce),
                        odd ^ high ? "0x1" : "0x0",
                        r.toString(16),
                        (high ? order.subtract(s) : s).toString(16));
    }

    private static byte[] message(long chain, String target, long nonce) {
        ByteArrayOutputStream list = new ByteArrayOutputStream();
        text(list, BigInteger.valueOf(chain));
        list.write(RLP_TEXT + Address.LENGTH);
        list.writeBytes(HexFormat.of().parseHex(target.substring(2)));
        text(list, BigInteger.valueOf(nonce));
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.write(MAGIC);
        message.write(RLP_LIST + list.size());
        message.writeBytes(list.toByteArray());
        return message.toByteArray();
    }

    /** A small number as RLP writes it. */
    private static void text(ByteArrayOutputStream out, BigInteger number) {
        byte[] bytes = number.signum() == 0 ? new byte[0] : HexFormat.of().parseHex(evenHex(number));
        if (bytes.length != 1 || number.intValueExact() >= RLP_TEXT) {
            out.write(RLP_TEXT + bytes.length);
        }
        out.writeBytes(bytes);
    }

    private static String evenHex(BigInteger number) {
        String hex = number.toString(16);
        return hex.length() % 2 == 0 ? hex : "0" + hex;
    }

    private BigInteger number() {
        return new BigInteger(KEY_BITS, random).setBit(KEY_BITS - 2);
    }

    private static byte[] keccak(byte[] bytes) {
        return CodeHash.of(bytes).bytes();
    }
}
