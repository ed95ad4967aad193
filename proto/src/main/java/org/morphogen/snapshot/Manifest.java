package org.morphogen.snapshot;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a snapshot holds: the tables of one generation at one block.
 *
 * @param format always {@link #FORMAT}
 * @param block the block whose state the tables hold
 * @param sources what each table was built from
 * @param tables ordered by name, no name twice
 */
public record Manifest(
        @JsonProperty(required = true) String format,
        @JsonProperty(required = true) BlockInfo block,
        @JsonProperty(required = true) List<SourceInfo> sources,
        @JsonProperty(required = true) List<TableManifest> tables) {

    /** Name and version of the format. */
    public static final String FORMAT = "morphogen-snapshot/2";

    /** Name of the manifest's file in the snapshot directory. */
    public static final String FILE = "manifest.json";

    private static final int MAX_TABLES = 64;

    public Manifest {
        sources = List.copyOf(sources);
        tables = List.copyOf(tables);
        if (!format.equals(FORMAT)) {
            throw new IllegalArgumentException("format: '" + format + "' is not " + FORMAT);
        }
        if (tables.isEmpty() || tables.size() > MAX_TABLES) {
            throw new IllegalArgumentException("tables: 1 to " + MAX_TABLES + " are possible");
        }
        for (int i = 1; i < tables.size(); i++) {
            if (tables.get(i - 1).name().compareTo(tables.get(i).name()) >= 0) {
                throw new IllegalArgumentException("tables: not ordered by name, or one twice");
            }
        }
    }

    /** The table of that name. */
    public Optional<TableManifest> table(String name) {
        return tables.stream().filter(table -> table.name().equals(name)).findFirst();
    }

    /** Names of all files beside the manifest. */
    public Set<String> files() {
        Set<String> files = new HashSet<>();
        for (TableManifest table : tables) {
            table.chunks().forEach(chunk -> files.add(chunk.file()));
            table.dictionary().ifPresent(dictionary -> files.add(dictionary.file()));
        }
        return files;
    }

    /** Bytes of all chunks: what a party must hold at least once. */
    public long matrixBytes() {
        return tables.stream()
                .mapToLong(table -> table.ways() * table.rowsPerWay() * table.rowBytes())
                .sum();
    }
}
