package org.morphogen.bench.endtoend;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.morphogen.addressing.TableSeeds;
import org.morphogen.snapshot.BlockInfo;
import org.morphogen.snapshot.ChunkEntry;
import org.morphogen.snapshot.ChunkGeometry;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.Manifest;
import org.morphogen.snapshot.ManifestCodec;
import org.morphogen.snapshot.Sha256;
import org.morphogen.snapshot.SourceInfo;
import org.morphogen.snapshot.TableManifest;

/** A snapshot of one table whose rows are noise: as good as any for scanning, and quickly made. */
final class RandomSnapshot {
    /** Its only table. */
    static final String TABLE = "noise";

    private static final int WAYS = 3;
    private static final int LEAF_ROWS = 128;

    private RandomSnapshot() {}

    /** Writes one of about {@code bytes} bytes into a new folder; gives the shape of its ways. */
    static ChunkGeometry write(Path folder, int rowBytes, long bytes) throws IOException {
        ChunkGeometry geometry = new ChunkGeometry(
                rowBytes, bytes / WAYS / rowBytes / LEAF_ROWS * LEAF_ROWS, ChunkGeometry.largestChunkRows(rowBytes));
        List<ChunkEntry> entries = new ArrayList<>();
        for (int way = 0; way < WAYS; way++) {
            for (int index = 0; index < geometry.chunksPerWay(); index++) {
                ChunkId id = new ChunkId(TABLE, way, index);
                String sha256 = writeChunk(folder.resolve(id.fileName()), geometry.bytes(index), way * 100L + index);
                entries.add(new ChunkEntry(
                        way, index, geometry.firstRow(index), geometry.rows(index), id.fileName(), sha256));
            }
        }
        TableManifest table = new TableManifest(
                TABLE,
                "bytes-" + rowBytes,
                rowBytes,
                WAYS,
                geometry.rowsPerWay(),
                geometry.chunkRows(),
                0,
                TableSeeds.derive("bench".getBytes(StandardCharsets.UTF_8), TABLE, WAYS, 0),
                Optional.empty(),
                entries);
        BlockInfo block = new BlockInfo(0, "0x" + "00".repeat(32), "0x" + "00".repeat(32));
        SourceInfo source = new SourceInfo(TABLE, "jsonl", "00".repeat(32));
        Manifest manifest = new Manifest(Manifest.FORMAT, block, List.of(source), List.of(table));
        Files.write(folder.resolve(Manifest.FILE), ManifestCodec.encode(manifest));
        return geometry;
    }

    private static String writeChunk(Path file, long bytes, long seed) throws IOException {
        Files.createDirectories(file.resolveSibling("x").getParent());
        SplittableRandom random = new SplittableRandom(seed);
        MessageDigest digest = Sha256.digest();
        byte[] piece = new byte[1 << 20];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (long done = 0; done < bytes; done += piece.length) {
                int count = (int) Math.min(piece.length, bytes - done);
                random.nextBytes(piece);
                digest.update(piece, 0, count);
                out.write(piece, 0, count);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
