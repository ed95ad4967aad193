package org.morphogen.coordinator.building;

import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.morphogen.coordinator.building.input.TableInput;
import org.morphogen.row.AccountValue;
import org.morphogen.row.CodeDictionary;

/** A CSV of random accounts that is made while it is read; the same seed gives the same accounts. */
record RandomAccounts(int count, long seed) implements TableInput {
    /** Takes accounts one by one. */
    interface Visitor {
        void account(byte[] address, AccountValue value);
    }

    void forEach(Visitor visitor) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] address = new byte[20];
        for (int i = 0; i < count; i++) {
            random.nextBytes(address);
            visitor.account(address, value(random));
        }
    }

    private static AccountValue value(SplittableRandom random) {
        long nonce = random.nextInt(1000);
        return new AccountValue(BigInteger.valueOf(random.nextLong(Long.MAX_VALUE)), nonce, CodeDictionary.EMPTY_CODE);
    }

    @Override
    public String name() {
        return "random.csv";
    }

    @Override
    public long bytes() {
        return 0;
    }

    @Override
    public InputStream open() {
        return new Lines(count, new SplittableRandom(seed));
    }

    private static final class Lines extends InputStream {
        private final SplittableRandom random;
        private final byte[] address = new byte[20];
        private int left;
        private byte[] line = "address,balance,nonce\n".getBytes(StandardCharsets.US_ASCII);
        private int next;

        Lines(int count, SplittableRandom random) {
            this.left = count;
            this.random = random;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0];
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            if (next == line.length) {
                if (left-- == 0) {
                    return -1;
                }
                random.nextBytes(address);
                AccountValue value = value(random);
                line = (HexFormat.of().formatHex(address) + "," + value.balance() + "," + value.nonce() + "\n")
                        .getBytes(StandardCharsets.US_ASCII);
                next = 0;
            }
            int count = Math.min(length, line.length - next);
            System.arraycopy(line, next, into, offset, count);
            next += count;
            return count;
        }
    }
}
