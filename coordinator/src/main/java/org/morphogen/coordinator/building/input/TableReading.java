package org.morphogen.coordinator.building.input;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.function.LongConsumer;
import java.util.zip.ZipException;
import org.morphogen.coordinator.building.spill.SpillWriter;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.RowSchema;
import org.morphogen.snapshot.Sha256;

/** The first pass over a table's input: checks every entry and writes it into a spill file. */
public final class TableReading {
    private TableReading() {}

    /**
     * Reads an input to its end. Errors of the input go to {@code errors}; then the spill file is of no use.
     *
     * @param spillFile made anew
     * @param bytesRead told how much of the input, as it lies on disk, has been read
     */
    public static ReadTable read(
            TableInput input,
            InputFormat format,
            RowSchema schema,
            Path spillFile,
            InputErrors errors,
            LongConsumer bytesRead)
            throws IOException {
        CodeHashes codes = new CodeHashes();
        MessageDigest sha256 = Sha256.digest();
        long keys;
        try (SpillWriter spill = new SpillWriter(spillFile, schema)) {
            Target target = new Target(input.name(), new EntryEncoder(schema, codes), spill, errors);
            try (InputStream raw = InputStreams.metered(input.open(), bytesRead);
                    InputStream in = new DigestInputStream(InputStreams.unpacked(raw), sha256)) {
                format.reader().read(in, Columns.of(schema), target);
            } catch (ZipException | EOFException broken) {
                errors.add(input.name(), "cannot be unpacked: " + broken.getMessage());
            }
            keys = spill.records();
        }
        return new ReadTable(spillFile, keys, HexFormat.of().formatHex(sha256.digest()), codes);
    }

    private record Target(String input, EntryEncoder encoder, SpillWriter spill, InputErrors errors)
            implements EntryTarget {
        @Override
        public void entry(long line, Fields fields) throws IOException {
            byte[] key;
            try {
                key = encoder.encode(fields);
            } catch (MorphogenException unfit) {
                error(line, String.valueOf(unfit.getMessage()));
                return;
            }
            spill.append(line, key, key.length, encoder.row());
        }

        @Override
        public void error(long line, String reason) {
            errors.add(input, line, reason);
        }
    }
}
