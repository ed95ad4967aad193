package org.morphogen.coordinator.placement;

import java.util.List;
import java.util.stream.Stream;
import org.morphogen.snapshot.ChunkEntry;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.Manifest;
import org.morphogen.snapshot.TableManifest;

/** A chunk and the memory that it takes. */
public record SizedChunk(ChunkId id, long bytes) {
    public SizedChunk {
        if (bytes < 1) {
            throw new IllegalArgumentException("bytes: a chunk is not empty");
        }
    }

    /** All chunks of a snapshot, ordered by table, way and index. */
    public static List<SizedChunk> of(Manifest manifest) {
        return manifest.tables().stream().flatMap(SizedChunk::of).toList();
    }

    private static Stream<SizedChunk> of(TableManifest table) {
        return table.chunks().stream().map(chunk -> of(table, chunk));
    }

    private static SizedChunk of(TableManifest table, ChunkEntry chunk) {
        return new SizedChunk(
                new ChunkId(table.name(), chunk.way(), chunk.index()), (long) chunk.rows() * table.rowBytes());
    }
}
