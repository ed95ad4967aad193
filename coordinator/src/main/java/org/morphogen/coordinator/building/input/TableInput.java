package org.morphogen.coordinator.building.input;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/** Something that a table can be read from, e.g. a file. */
public interface TableInput {
    /** Its name in messages; the format can be guessed from its ending. */
    String name();

    /** Bytes as {@link #open} gives them, for showing progress; 0 if not known. */
    long bytes();

    /** A fresh stream from the start, packed or not. */
    InputStream open() throws IOException;

    /** A file; opening it fails with SETTINGS_INVALID if it is not there. */
    static TableInput file(Path file) {
        return new InputFile(file);
    }

    /** See {@link #file}. */
    record InputFile(Path file) implements TableInput {
        @Override
        public String name() {
            return String.valueOf(file.getFileName());
        }

        @Override
        public long bytes() {
            return file.toFile().length();
        }

        @Override
        public InputStream open() throws IOException {
            if (!Files.exists(file) || Files.isDirectory(file)) {
                throw new MorphogenException(FailureReason.SETTINGS_INVALID, "input: " + file + " is not a file.");
            }
            return Files.newInputStream(file);
        }
    }
}
