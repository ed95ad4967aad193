package org.morphogen.epoch;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.morphogen.snapshot.ChunkId;

/** Pieces for tests: each row's difference is its byte repeated. */
final class Entries {
    static final int ROW_BYTES = 32;

    private Entries() {}

    static DeltaPiece piece(ChunkId chunk, int... rows) {
        return new DeltaPiece(chunk, ROW_BYTES, of((byte) 9, rows));
    }

    static byte[] of(byte diff, int... rows) {
        ByteBuffer entries = ByteBuffer.allocate(rows.length * DeltaPiece.entryBytes(ROW_BYTES));
        byte[] bytes = new byte[ROW_BYTES];
        Arrays.fill(bytes, diff);
        for (int row : rows) {
            entries.putInt(row).put(bytes);
        }
        return entries.array();
    }
}
