package org.morphogen.coordinator.building.input;

import java.io.IOException;
import java.io.InputStream;

/** Reads one input format, in memory that does not depend on the input's length. Stateless and thread-safe. */
sealed interface EntryReader permits CsvReader, JsonLinesReader, GenesisReader {
    /**
     * Reads to the end of the input, telling the target of every entry and every line that cannot be used. Where
     * reading on makes no sense (a header or a document that is broken) the error is the last thing told.
     *
     * @throws IOException only if the input cannot be read or the target not be written
     */
    void read(InputStream in, Columns columns, EntryTarget target) throws IOException;
}
