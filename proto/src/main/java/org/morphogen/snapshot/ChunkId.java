package org.morphogen.snapshot;

import java.util.Comparator;
import java.util.Locale;

/**
 * Names one chunk of a generation. Orders by table, way, index.
 *
 * @param table a name that a manifest may have, so that {@link #fileName} stays inside the snapshot directory
 * @param way not negative
 * @param index not negative
 */
public record ChunkId(String table, int way, int index) implements Comparable<ChunkId> {
    private static final Comparator<ChunkId> ORDER =
            Comparator.comparing(ChunkId::table).thenComparingInt(ChunkId::way).thenComparingInt(ChunkId::index);

    public ChunkId {
        if (!TableManifest.isName(table)) {
            throw new IllegalArgumentException("table: not the name of a table");
        }
        if (way < 0 || index < 0) {
            throw new IllegalArgumentException("way and index are not negative");
        }
    }

    /** The one file name that this chunk may have, relative to the snapshot directory. */
    public String fileName() {
        return String.format(Locale.ROOT, "%s/way-%d/chunk-%05d.rows", table, way, index);
    }

    @Override
    public int compareTo(ChunkId other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return table + "/" + way + "/" + index;
    }
}
