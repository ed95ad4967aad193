package org.morphogen.snapshot;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.morphogen.addressing.TableAddressing;
import org.morphogen.addressing.TableSeeds;
import org.morphogen.row.RowSchema;

/**
 * One table of a snapshot.
 *
 * @param name lower-case letters, digits and dashes, at most 32, beginning with a letter
 * @param schema how its rows are laid out, e.g. {@code account-32}; see {@link RowSchema}
 * @param rowBytes width of a row; the schema's
 * @param ways number of ways, 3 as cuckoo tables are built
 * @param rowsPerWay rows of each way
 * @param chunkRows rows of each chunk but a way's last
 * @param keys how many keys the table held when it was built
 * @param seeds of the ways' hash functions and of the tag
 * @param dictionary of code hashes; only where the schema has code ids
 * @param chunks every chunk, ordered by way and index
 */
public record TableManifest(
        @JsonProperty(required = true) String name,
        @JsonProperty(required = true) String schema,
        @JsonProperty(required = true) int rowBytes,
        @JsonProperty(required = true) int ways,
        @JsonProperty(required = true) long rowsPerWay,
        @JsonProperty(required = true) int chunkRows,
        @JsonProperty(required = true) long keys,
        @JsonProperty(required = true) TableSeeds seeds,
        @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<DictionaryEntry> dictionary,
        @JsonProperty(required = true) List<ChunkEntry> chunks) {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");
    private static final int MAX_WAYS = 8;

    public TableManifest {
        chunks = List.copyOf(chunks);
        require(isName(name), "name: 1 to 32 lower-case letters, digits and dashes");
        require(RowSchema.parse(schema).rowBytes() == rowBytes, "rowBytes: not the width of " + schema);
        require(ways >= 1 && ways <= MAX_WAYS, "ways: " + ways + " is not between 1 and " + MAX_WAYS);
        require(seeds.ways().size() == ways, "seeds: " + seeds.ways().size() + " way seeds for " + ways + " ways");
        require(keys >= 0 && keys <= ways * rowsPerWay, "keys: " + keys + " do not fit the rows");
        dictionary.ifPresent(
                d -> require(d.file().equals(DictionaryEntry.fileName(name)), "dictionary.file: unexpected name"));
        requireChunks(name, ways, new ChunkGeometry(rowBytes, rowsPerWay, chunkRows), chunks);
    }

    /** How this table's ways are cut into chunks. */
    public ChunkGeometry geometry() {
        return new ChunkGeometry(rowBytes, rowsPerWay, chunkRows);
    }

    /** Where this table's keys may stand. */
    public TableAddressing addressing() {
        return new TableAddressing(seeds, rowsPerWay);
    }

    /** How this table's rows are read. */
    public RowSchema rowSchema() {
        return RowSchema.parse(schema);
    }

    /** A chunk of this table; an IllegalArgumentException tells that there is none such. */
    public ChunkEntry chunk(int way, int index) {
        int perWay = geometry().chunksPerWay();
        require(way >= 0 && way < ways && index >= 0 && index < perWay, "no chunk " + way + "/" + index);
        return chunks.get(way * perWay + index);
    }

    /** Whether a table may have that name. */
    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    private static void requireChunks(String name, int ways, ChunkGeometry geometry, List<ChunkEntry> chunks) {
        int perWay = geometry.chunksPerWay();
        require(chunks.size() == (long) ways * perWay, "chunks: " + chunks.size() + " listed, not " + ways * perWay);
        for (int i = 0; i < chunks.size(); i++) {
            ChunkEntry chunk = chunks.get(i);
            String at = "chunks[" + i + "]";
            require(chunk.way() == i / perWay && chunk.index() == i % perWay, at + ": out of order");
            require(
                    chunk.firstRow() == geometry.firstRow(chunk.index())
                            && chunk.rows() == geometry.rows(chunk.index()),
                    at + ": rows do not follow from rowsPerWay and chunkRows");
            require(
                    chunk.file().equals(new ChunkId(name, chunk.way(), chunk.index()).fileName()),
                    at + ".file: unexpected name");
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
