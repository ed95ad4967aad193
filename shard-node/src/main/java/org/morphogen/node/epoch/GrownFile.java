package org.morphogen.node.epoch;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.morphogen.epoch.DeltaCodec;
import org.morphogen.epoch.Epoch;
import org.morphogen.epoch.GrownDictionaries;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.chunk.DurableFile;
import org.morphogen.node.chunk.Storage;
import org.morphogen.protocol.v1.GrownDictionariesRecord;
import org.morphogen.snapshot.Manifest;

/**
 * What blocks have added to dictionaries up to an epoch, on disk: what the delta log tells no more once it is shortened.
 * {@code "morphdc1"}, a {@code GrownDictionariesRecord}, and the CRC-32C of both.
 *
 * @param epoch that they are of
 */
record GrownFile(Epoch epoch, GrownDictionaries dictionaries) {
    private static final long MAGIC = 0x6d_6f_72_70_68_64_63_31L; // "morphdc1"
    private static final int AROUND_BYTES = Long.BYTES + Integer.BYTES;

    private static Path in(Path folder) {
        return folder.resolve("dictionaries.grown");
    }

    static boolean isIn(Path folder) {
        return Files.exists(in(folder));
    }

    static void deleteIn(Path folder) {
        try {
            DurableFile.delete(in(folder));
        } catch (IOException stuck) {
            throw Storage.failed("remove", in(folder), stuck);
        }
    }

    /** Reads the file, if it is there; fails with STORAGE_FAILED when it is damaged or of another snapshot. */
    static Optional<GrownFile> read(Path folder, Manifest manifest) {
        Path file = in(folder);
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
            if (bytes.remaining() < AROUND_BYTES
                    || bytes.getLong(0) != MAGIC
                    || bytes.getInt(bytes.limit() - Integer.BYTES) != checksum(bytes)) {
                throw damaged(file, "its checksum is wrong");
            }
            GrownDictionariesRecord record =
                    GrownDictionariesRecord.parseFrom(bytes.slice(Long.BYTES, bytes.limit() - AROUND_BYTES));
            return Optional.of(new GrownFile(DeltaCodec.read(record.getEpoch()), DeltaCodec.read(record, manifest)));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (InvalidProtocolBufferException | IllegalArgumentException wrong) {
            throw damaged(file, String.valueOf(wrong.getMessage()));
        } catch (IOException unreadable) {
            throw Storage.failed("read", file, unreadable);
        }
    }

    /** Once this returns, it survives a crash; until then an older one does. Fails with STORAGE_FAILED. */
    void write(Path folder) {
        byte[] record = DeltaCodec.write(epoch, dictionaries).toByteArray();
        ByteBuffer bytes = ByteBuffer.allocate(record.length + AROUND_BYTES)
                .putLong(MAGIC)
                .put(record)
                .putInt(0)
                .clear();
        bytes.putInt(bytes.limit() - Integer.BYTES, checksum(bytes));
        try {
            DurableFile.write(in(folder), bytes.array());
        } catch (IOException stuck) {
            throw Storage.failed("write", in(folder), stuck);
        }
    }

    private static int checksum(ByteBuffer bytes) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes.slice(0, bytes.limit() - Integer.BYTES));
        return (int) checksum.getValue();
    }

    private static MorphogenException damaged(Path file, String why) {
        return DeltaLog.damaged(file + " is damaged: " + why);
    }
}
