package org.morphogen.snapshot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.morphogen.addressing.TableSeeds;
import org.morphogen.row.CodeDictionary;

/** A small snapshot: one account-32 table, three ways of 384 rows, chunks of 256 and 128. */
public final class SampleSnapshot {
    static final String HASH = "0x" + "ab".repeat(32);
    static final String ROOT = "0x" + "cd".repeat(32);
    static final int ROW_BYTES = 32;
    static final ChunkGeometry GEOMETRY = new ChunkGeometry(ROW_BYTES, 384, 256);

    private SampleSnapshot() {}

    static byte[] chunkBytes(int way, int index) {
        byte[] bytes = new byte[(int) GEOMETRY.bytes(index)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i + 31 * way + 7 * index);
        }
        return bytes;
    }

    /** What it holds. */
    public static Manifest manifest() {
        List<ChunkEntry> chunks = new ArrayList<>();
        for (int way = 0; way < 3; way++) {
            for (int index = 0; index < GEOMETRY.chunksPerWay(); index++) {
                chunks.add(new ChunkEntry(
                        way,
                        index,
                        GEOMETRY.firstRow(index),
                        GEOMETRY.rows(index),
                        new ChunkId("accounts", way, index).fileName(),
                        Sha256.of(chunkBytes(way, index))));
            }
        }
        byte[] codes = CodeDictionary.EMPTY_CODE.bytes();
        TableManifest table = new TableManifest(
                "accounts",
                "account-32",
                ROW_BYTES,
                3,
                384,
                256,
                1000,
                TableSeeds.derive(new byte[] {1}, "accounts", 3, 0),
                Optional.of(new DictionaryEntry(DictionaryEntry.fileName("accounts"), 1, Sha256.of(codes))),
                chunks);
        return new Manifest(
                Manifest.FORMAT,
                new BlockInfo(7, HASH, ROOT),
                List.of(new SourceInfo("accounts", "csv", "0".repeat(64))),
                List.of(table));
    }

    /** Writes all files. */
    static void write(Path folder) throws IOException {
        write(folder, Manifest.FILE, ManifestCodec.encode(manifest()));
        write(folder, DictionaryEntry.fileName("accounts"), CodeDictionary.EMPTY_CODE.bytes());
        for (ChunkEntry chunk : manifest().tables().getFirst().chunks()) {
            write(folder, chunk.file(), chunkBytes(chunk.way(), chunk.index()));
        }
    }

    private static void write(Path folder, String file, byte[] bytes) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.resolve("..").normalize());
        Files.write(path, bytes);
    }
}
