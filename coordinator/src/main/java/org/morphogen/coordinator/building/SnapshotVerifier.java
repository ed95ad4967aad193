package org.morphogen.coordinator.building;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Map;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.CodeDictionary;
import org.morphogen.row.RowSchema;
import org.morphogen.row.RowTag;
import org.morphogen.snapshot.ChunkEntry;
import org.morphogen.snapshot.DictionaryEntry;
import org.morphogen.snapshot.SnapshotDirectory;
import org.morphogen.snapshot.TableManifest;

/**
 * Checks a whole snapshot: what the manifest says of each file, that every row is empty or can be decoded, and that as
 * many rows are in use as the table has keys. Whether a row stands where its key belongs cannot be told, for rows do
 * not hold keys. Reads every chunk twice, through a buffer of 1 MiB.
 */
public final class SnapshotVerifier {
    private static final int BUFFER_BYTES = 1 << 20;

    private SnapshotVerifier() {}

    /**
     * What was checked and found sound.
     *
     * @param digest the snapshot's name
     * @param files beside the manifest
     * @param bytes of these files
     * @param rows of all tables
     * @param rowsInUse rows that hold a key's value
     */
    public record Result(String digest, int files, long bytes, long rows, long rowsInUse) {}

    /** Checks everything; fails with SNAPSHOT_INVALID naming the first file that is wrong, or STORAGE_FAILED. */
    public static Result verify(SnapshotDirectory snapshot) {
        long[] bytes = new long[1];
        snapshot.verify((file, length) -> bytes[0] += length);
        long rows = 0;
        long inUse = 0;
        try {
            for (TableManifest table : snapshot.manifest().tables()) {
                rows += table.ways() * table.rowsPerWay();
                inUse += verifyTable(snapshot, table);
            }
        } catch (IOException unreadable) {
            throw new MorphogenException(
                    FailureReason.STORAGE_FAILED,
                    "Cannot read " + snapshot.folder() + ": " + unreadable.getMessage() + ".",
                    Map.of(),
                    unreadable);
        }
        return new Result(snapshot.digest().hex(), snapshot.manifest().files().size(), bytes[0], rows, inUse);
    }

    private static long verifyTable(SnapshotDirectory snapshot, TableManifest table) throws IOException {
        CodeDictionary codes = CodeDictionary.NONE;
        if (table.dictionary().isPresent()) {
            DictionaryEntry dictionary = table.dictionary().get();
            codes = CodeDictionary.parse(Files.readAllBytes(snapshot.path(dictionary.file())));
        }
        long inUse = 0;
        for (ChunkEntry chunk : table.chunks()) {
            try (InputStream in = Files.newInputStream(snapshot.path(chunk.file()))) {
                inUse += verifyRows(in, chunk, table.rowSchema(), codes);
            }
        }
        if (inUse != table.keys()) {
            throw invalid(table.name() + " has " + inUse + " rows in use for " + table.keys() + " keys");
        }
        return inUse;
    }

    private static long verifyRows(InputStream in, ChunkEntry chunk, RowSchema schema, CodeDictionary codes)
            throws IOException {
        int rowBytes = schema.rowBytes();
        byte[] buffer = new byte[BUFFER_BYTES / rowBytes * rowBytes];
        byte[] row = new byte[rowBytes];
        long inUse = 0;
        long at = 0;
        for (int n = in.readNBytes(buffer, 0, buffer.length); n > 0; n = in.readNBytes(buffer, 0, buffer.length)) {
            for (int offset = 0; offset + rowBytes <= n; offset += rowBytes) {
                System.arraycopy(buffer, offset, row, 0, rowBytes);
                inUse += verifyRow(row, schema, codes, chunk, at++);
            }
        }
        return inUse;
    }

    private static int verifyRow(byte[] row, RowSchema schema, CodeDictionary codes, ChunkEntry chunk, long at) {
        if (RowTag.isEmpty(row, 0, row.length)) {
            return 0;
        }
        try {
            schema.decode(row, codes);
            return 1;
        } catch (MorphogenException undecodable) {
            throw invalid(chunk.file() + " row " + at + ": " + undecodable.getMessage());
        }
    }

    private static MorphogenException invalid(String what) {
        return new MorphogenException(FailureReason.SNAPSHOT_INVALID, what + ".");
    }
}
