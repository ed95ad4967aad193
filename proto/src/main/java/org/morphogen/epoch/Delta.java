package org.morphogen.epoch;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.Manifest;
import org.morphogen.snapshot.TableManifest;

/**
 * What one block changed, as far as somebody holds the chunks. Immutable and thread-safe.
 *
 * @param header whole, whoever holds what
 * @param pieces by chunk
 */
public record Delta(DeltaHeader header, Map<ChunkId, DeltaPiece> pieces) {
    /** Most bytes of all entries together: some 1.8 million rows of 32 bytes. */
    public static final int MAX_BYTES = 64 << 20;

    public Delta {
        pieces = Map.copyOf(pieces);
    }

    /** Of its pieces, in any order; fails with IllegalArgumentException when a chunk has two. */
    public static Delta of(DeltaHeader header, List<DeltaPiece> pieces) {
        Map<ChunkId, DeltaPiece> byChunk = new HashMap<>();
        for (DeltaPiece piece : pieces) {
            if (byChunk.put(piece.chunk(), piece) != null) {
                throw new IllegalArgumentException("pieces: chunk " + piece.chunk() + " twice");
            }
        }
        return new Delta(header, byChunk);
    }

    /**
     * Checks that it says neither less nor more than the header of those chunks, nothing outside the matrix, and that
     * dictionaries grow that are there. Fails with IllegalArgumentException.
     */
    public void check(Manifest manifest, Set<ChunkId> held) {
        header.dictionaries().forEach(growth -> checkGrowth(manifest, growth));
        Map<ChunkId, DeltaPiece> left = new TreeMap<>(pieces);
        for (PieceDigest stated : header.pieces()) {
            DeltaPiece piece = left.remove(stated.chunk());
            if (piece == null) {
                if (held.contains(stated.chunk())) {
                    throw new IllegalArgumentException("pieces: that of chunk " + stated.chunk() + " is missing");
                }
            } else if (!piece.within(table(manifest, stated.chunk().table()))
                    .digest()
                    .equals(stated)) {
                throw new IllegalArgumentException(
                        "pieces: that of chunk " + stated.chunk() + " does not have the digest that the header states");
            }
        }
        if (!left.isEmpty()) {
            throw new IllegalArgumentException("pieces: the header states none for "
                    + left.keySet().iterator().next());
        }
    }

    /** The same without the pieces of other chunks. */
    public Delta only(Set<ChunkId> chunks) {
        Map<ChunkId, DeltaPiece> kept = new HashMap<>(pieces);
        kept.keySet().retainAll(chunks);
        return new Delta(header, kept);
    }

    /** Bytes of all entries. */
    public long entryBytes() {
        return pieces.values().stream()
                .mapToLong(piece -> piece.entries().length)
                .sum();
    }

    private static void checkGrowth(Manifest manifest, DictionaryGrowth growth) {
        if (table(manifest, growth.table()).dictionary().isEmpty()) {
            throw new IllegalArgumentException("dictionaries: table " + growth.table() + " has none");
        }
    }

    private static TableManifest table(Manifest manifest, String name) {
        return manifest.table(name)
                .orElseThrow(() -> new IllegalArgumentException("pieces or dictionaries: no table " + name));
    }
}
