package org.morphogen.epoch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.SampleSnapshot;
import org.morphogen.snapshot.TableManifest;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class DeltaPieceTest {
    private static final ChunkId FIRST = new ChunkId("accounts", 0, 0);
    private static final ChunkId LAST = new ChunkId("accounts", 2, 1);
    private static final TableManifest TABLE =
            SampleSnapshot.manifest().tables().getFirst();

    @Test
    void givesBackItsEntries() {
        DeltaPiece piece = Entries.piece(FIRST, 0, 3, 255);

        assertThat(piece.count()).isEqualTo(3);
        assertThat(new int[] {piece.row(0), piece.row(1), piece.row(2)}).containsExactly(0, 3, 255);
        assertThat(Arrays.copyOfRange(piece.entries(), piece.diffAt(1), piece.diffAt(1) + Entries.ROW_BYTES))
                .containsOnly(9);
        assertThat(piece.within(TABLE)).isSameAs(piece);
    }

    @Test
    void findsTheFirstEntryFromARowOn() {
        SplittableRandom random = new SplittableRandom(7);
        for (int round = 0; round < 200; round++) {
            int[] rows = random.ints(1 + random.nextInt(9), 0, 40)
                    .distinct()
                    .sorted()
                    .toArray();
            DeltaPiece piece = Entries.piece(FIRST, rows);
            for (int row = 0; row <= 41; row++) {
                int from = row;
                assertThat(piece.firstFrom(row))
                        .as("%s from %d", Arrays.toString(rows), row)
                        .isEqualTo(
                                (int) Arrays.stream(rows).filter(r -> r < from).count());
            }
        }
    }

    @Test
    void entriesThatAreNotWholeOrDoNotAscendAreRefused() {
        assertRefused("whole", new byte[0]);
        assertRefused("whole", Arrays.copyOf(Entries.of((byte) 1, 1), Entries.ROW_BYTES));
        assertRefused("whole", Arrays.copyOf(Entries.of((byte) 1, 1), 2 * Entries.ROW_BYTES));
        assertRefused("ascend", Entries.of((byte) 1, 4, 4));
        assertRefused("ascend", Entries.of((byte) 1, 4, 3));
        assertRefused("ascend", Entries.of((byte) 1, -1));
        assertRefused("ascend", Entries.of((byte) 1, 1, Integer.MIN_VALUE));
    }

    @Test
    void anEntryThatChangesNothingIsRefused() {
        byte[] entries = Entries.of((byte) 0, 1, 2);
        assertRefused("nothing", entries);
        entries[entries.length - 1] = 1;
        assertRefused("nothing", entries);
        entries[DeltaPiece.entryBytes(Entries.ROW_BYTES) - 1] = (byte) 0x80;
        assertThat(new DeltaPiece(FIRST, Entries.ROW_BYTES, entries).count()).isEqualTo(2);
    }

    @Test
    void whatIsOutsideTheMatrixIsRefused() {
        assertThat(Entries.piece(LAST, 127).within(TABLE).count()).isEqualTo(1);
        assertOutside(Entries.piece(LAST, 0, 128));
        assertOutside(Entries.piece(FIRST, 256));
        assertOutside(Entries.piece(FIRST, Integer.MAX_VALUE));
        assertOutside(Entries.piece(new ChunkId("accounts", 3, 0), 0));
        assertOutside(Entries.piece(new ChunkId("accounts", 0, 2), 0));
    }

    private static void assertOutside(DeltaPiece piece) {
        assertThatThrownBy(() -> piece.within(TABLE)).isInstanceOf(IllegalArgumentException.class);
    }

    private static void assertRefused(String why, byte[] entries) {
        assertThatThrownBy(() -> new DeltaPiece(FIRST, Entries.ROW_BYTES, entries))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why)
                .hasMessageContaining("accounts/0/0");
    }
}
