package org.morphogen.node.generation;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.chunk.RowMemory;
import org.morphogen.node.layout.SegmentGeometry;
import org.morphogen.snapshot.ChunkEntry;
import org.morphogen.snapshot.ChunkGeometry;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.Manifest;
import org.morphogen.snapshot.TableManifest;

/** Questions about chunks that a manifest answers. */
final class SnapshotChunks {
    private SnapshotChunks() {}

    /** Throws REQUEST_INVALID unless the manifest lists every one of {@code chunks}. */
    static void requireListed(Manifest manifest, Collection<ChunkId> chunks) {
        for (ChunkId chunk : chunks) {
            if (table(manifest, chunk).isEmpty()) {
                throw new MorphogenException(
                        FailureReason.REQUEST_INVALID, "chunks: the snapshot has no chunk " + chunk + ".");
            }
        }
    }

    /** What these chunks take of the memory; those that the manifest does not list take nothing. */
    static long bytes(Manifest manifest, Collection<ChunkId> chunks, RowMemory memory) {
        return bytesOfEach(manifest, chunks, memory).stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /** What each of these chunks takes of the memory; one that the manifest does not list takes nothing. */
    static List<Long> bytesOfEach(Manifest manifest, Collection<ChunkId> chunks, RowMemory memory) {
        return chunks.stream()
                .map(chunk -> table(manifest, chunk)
                        .map(TableManifest::geometry)
                        .map(geometry -> memory.reservedBytes(geometry.rowBytes(), geometry.rows(chunk.index())))
                        .orElse(0L))
                .toList();
    }

    /** The manifest's entry of a listed chunk. */
    static ChunkEntry entry(Manifest manifest, ChunkId chunk) {
        return table(manifest, chunk)
                .orElseThrow(() -> new IllegalArgumentException("chunk " + chunk + " is not listed"))
                .chunk(chunk.way(), chunk.index());
    }

    /** Length of a listed chunk's file. */
    static long fileBytes(Manifest manifest, ChunkId chunk) {
        return geometry(manifest, chunk).bytes(chunk.index());
    }

    /** The segments of a listed chunk that lies in {@code memory}. */
    static SegmentGeometry segments(Manifest manifest, ChunkId chunk, RowMemory memory) {
        return SegmentGeometry.of(geometry(manifest, chunk), memory.segmentBytes());
    }

    /** How the way of a listed chunk is cut into chunks. */
    static ChunkGeometry geometry(Manifest manifest, ChunkId chunk) {
        return table(manifest, chunk)
                .orElseThrow(() -> new IllegalArgumentException("chunk " + chunk + " is not listed"))
                .geometry();
    }

    private static Optional<TableManifest> table(Manifest manifest, ChunkId chunk) {
        return manifest.table(chunk.table())
                .filter(table -> chunk.way() < table.ways()
                        && chunk.index() < table.geometry().chunksPerWay());
    }
}
