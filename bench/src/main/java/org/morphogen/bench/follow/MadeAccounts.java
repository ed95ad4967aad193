package org.morphogen.bench.follow;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.morphogen.coordinator.building.MasterSeed;
import org.morphogen.coordinator.building.SnapshotPlan;
import org.morphogen.coordinator.building.TablePlan;
import org.morphogen.coordinator.building.cuckoo.LoadFactor;
import org.morphogen.coordinator.building.input.InputFormat;
import org.morphogen.coordinator.building.input.TableInput;
import org.morphogen.row.Account32;
import org.morphogen.snapshot.BlockInfo;

/**
 * Accounts 0, 1, 2, and so on, whose addresses look random.
 *
 * @param count of those in the snapshot
 */
record MadeAccounts(int count) {
    private static final int PIECE_LINES = 1 << 16;

    /** The block of the snapshot. */
    static final BlockInfo BLOCK = new BlockInfo(0, hash(0), hash(-1));

    /** Some hash for a number. */
    static String hash(long number) {
        SplittableRandom random = new SplittableRandom(number);
        byte[] hash = new byte[32];
        random.nextBytes(hash);
        return "0x" + HexFormat.of().formatHex(hash);
    }

    /** The address of an account, in the snapshot or not. */
    static String address(int account) {
        SplittableRandom random = new SplittableRandom(~(long) account);
        ByteBuffer address = ByteBuffer.allocate(20)
                .putInt(account * 0x9e3779b1)
                .putLong(random.nextLong())
                .putLong(random.nextLong());
        return "0x" + HexFormat.of().formatHex(address.array());
    }

    /** A snapshot of them in one account-32 table. */
    SnapshotPlan plan() {
        TablePlan accounts = new TablePlan("accounts", new Account32(), new Csv(count), InputFormat.CSV);
        return new SnapshotPlan(BLOCK, List.of(accounts), MasterSeed.of(BLOCK), LoadFactor.USUAL, OptionalInt.empty());
    }

    private record Csv(int count) implements TableInput {
        @Override
        public String name() {
            return "made-up accounts";
        }

        @Override
        public long bytes() {
            return 0;
        }

        @Override
        public InputStream open() {
            return new Lines(count);
        }
    }

    /** The CSV, made as it is read. */
    private static final class Lines extends InputStream {
        private final int count;
        private ByteArrayInputStream piece = text("address,balance\n");
        private int next;

        Lines(int count) {
            this.count = count;
        }

        @Override
        public int read() {
            refill();
            return piece.read();
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            refill();
            return piece.read(into, offset, length);
        }

        private void refill() {
            if (piece.available() > 0 || next == count) {
                return;
            }
            StringBuilder lines = new StringBuilder();
            for (int end = Math.min(count, next + PIECE_LINES); next < end; next++) {
                lines.append(address(next)).append(',').append(1000L + next).append('\n');
            }
            piece = text(lines.toString());
        }

        private static ByteArrayInputStream text(String text) {
            return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        }
    }
}
