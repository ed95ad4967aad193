package org.morphogen.coordinator.building;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.morphogen.addressing.TableAddressing;
import org.morphogen.row.CodeDictionary;
import org.morphogen.row.RowTag;
import org.morphogen.row.RowValue;
import org.morphogen.snapshot.ChunkEntry;
import org.morphogen.snapshot.SnapshotDirectory;
import org.morphogen.snapshot.TableManifest;

/** Looks keys up in a snapshot's files as a client would, without the privacy. */
final class SnapshotRows implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final Map<String, MemorySegment> chunks = new HashMap<>();
    private final TableManifest table;
    private final TableAddressing addressing;
    private final CodeDictionary codes;

    SnapshotRows(Path folder, String tableName) throws IOException {
        SnapshotDirectory snapshot = SnapshotDirectory.open(folder);
        table = snapshot.manifest().table(tableName).orElseThrow();
        addressing = table.addressing();
        codes = table.dictionary().isPresent()
                ? CodeDictionary.parse(Files.readAllBytes(
                        snapshot.path(table.dictionary().get().file())))
                : CodeDictionary.NONE;
        for (ChunkEntry chunk : table.chunks()) {
            try (FileChannel channel = FileChannel.open(snapshot.path(chunk.file()), StandardOpenOption.READ)) {
                chunks.put(chunk.file(), channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
            }
        }
    }

    TableManifest table() {
        return table;
    }

    /** The values of all rows that bear the key's tag: one, unless something is wrong or the key absent. */
    List<RowValue> find(byte[] key) {
        List<RowValue> found = new ArrayList<>();
        byte[] row = new byte[table.rowBytes()];
        for (int way = 0; way < table.ways(); way++) {
            long at = addressing.row(way, key);
            ChunkEntry chunk = table.chunk(way, (int) (at / table.chunkRows()));
            long offset = (at - chunk.firstRow()) * table.rowBytes();
            MemorySegment.copy(chunks.get(chunk.file()), ValueLayout.JAVA_BYTE, offset, row, 0, row.length);
            if (RowTag.matches(row, 0, addressing.tag(key))) {
                found.add(table.rowSchema().decode(row, codes));
            }
        }
        return found;
    }

    @Override
    public void close() {
        arena.close();
    }
}
