package org.morphogen.coordinator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.morphogen.addressing.TableSeeds;
import org.morphogen.row.CodeDictionary;
import org.morphogen.snapshot.BlockInfo;
import org.morphogen.snapshot.ChunkEntry;
import org.morphogen.snapshot.ChunkGeometry;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.DictionaryEntry;
import org.morphogen.snapshot.Manifest;
import org.morphogen.snapshot.ManifestCodec;
import org.morphogen.snapshot.Sha256;
import org.morphogen.snapshot.SnapshotDirectory;
import org.morphogen.snapshot.SourceInfo;
import org.morphogen.snapshot.TableManifest;

/** Writes small snapshots of random rows, without the builder. Different seeds give different digests. */
public final class TestSnapshots {
    public static final int ROW_BYTES = 32;
    public static final int CHUNK_ROWS = 128;
    public static final int CHUNKS_PER_WAY = 3;
    public static final int WAYS = 3;
    public static final int CHUNKS = WAYS * CHUNKS_PER_WAY;
    public static final String TABLE = "accounts";

    private TestSnapshots() {}

    public static SnapshotDirectory write(Path directory, String name, long seed) {
        return write(directory, name, seed, CHUNK_ROWS);
    }

    /** Chunks of {@code chunkRows} rows of 32 bytes, three a way. */
    public static SnapshotDirectory write(Path directory, String name, long seed, int chunkRows) {
        try {
            Random random = new Random(seed);
            Path folder = directory.resolve(name);
            ChunkGeometry geometry = new ChunkGeometry(ROW_BYTES, (long) chunkRows * CHUNKS_PER_WAY, chunkRows);
            List<ChunkEntry> chunks = new ArrayList<>();
            for (int way = 0; way < WAYS; way++) {
                for (int index = 0; index < CHUNKS_PER_WAY; index++) {
                    String file = new ChunkId(TABLE, way, index).fileName();
                    String sha256 = fill(folder.resolve(file), (int) geometry.bytes(index), random);
                    chunks.add(
                            new ChunkEntry(way, index, geometry.firstRow(index), geometry.rows(index), file, sha256));
                }
            }
            String dictionary = DictionaryEntry.fileName(TABLE);
            byte[] noCode = CodeDictionary.EMPTY_CODE.bytes();
            Files.write(folder.resolve(dictionary), noCode);
            String sha256 = Sha256.of(noCode);
            TableManifest table = new TableManifest(
                    TABLE,
                    "account-32",
                    ROW_BYTES,
                    WAYS,
                    geometry.rowsPerWay(),
                    chunkRows,
                    1,
                    TableSeeds.derive(new byte[] {1}, TABLE, WAYS, 0),
                    Optional.of(new DictionaryEntry(dictionary, 1, sha256)),
                    chunks);
            Manifest manifest = new Manifest(
                    Manifest.FORMAT,
                    new BlockInfo(seed, "0x" + "ab".repeat(32), "0x" + "cd".repeat(32)),
                    List.of(new SourceInfo(TABLE, "csv", Sha256.of(new byte[0]))),
                    List.of(table));
            Files.write(folder.resolve(Manifest.FILE), ManifestCodec.encode(manifest));
            return SnapshotDirectory.open(folder);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Bytes of all chunks of a snapshot of standard chunk size. */
    public static long bytes() {
        return (long) CHUNKS * CHUNK_ROWS * ROW_BYTES;
    }

    private static String fill(Path file, int bytes, Random random) throws IOException {
        Files.createDirectories(file.getParent());
        byte[] content = new byte[bytes];
        random.nextBytes(content);
        Files.write(file, content);
        return Sha256.of(content);
    }
}
