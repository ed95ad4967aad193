package org.morphogen.node.epoch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Objects;
import org.morphogen.epoch.Epoch;
import org.morphogen.node.chunk.DurableFile;
import org.morphogen.node.chunk.GenerationFolder;
import org.morphogen.node.pull.PartFile;
import org.morphogen.row.Bytes32;
import org.morphogen.snapshot.Sha256;

/**
 * A {@link CheckpointFile} while its rows come. Until {@link #finish} has returned, an older file of its name stays as it
 * is; one that is closed before leaves nothing. Not thread-safe.
 */
public final class CheckpointWriter implements AutoCloseable {
    /** Synced now and then, so that whoever syncs the delta log meanwhile does not wait for a GiB. */
    private static final long SYNC_AFTER_BYTES = 32 << 20;

    private final Path temporary;
    private final Path file;
    private final PartFile part;
    private final StepWatch watch;
    private final MessageDigest digest = Sha256.digest();
    private long syncedBytes;
    private boolean finished;

    private CheckpointWriter(Path temporary, Path file, PartFile part, StepWatch watch) {
        this.temporary = temporary;
        this.file = file;
        this.part = part;
        this.watch = watch;
    }

    /**
     * Begins to write what becomes {@code file}.
     *
     * @param opener opens the file that rows go into
     */
    public static CheckpointWriter begin(PartFile.Opener opener, Path file, StepWatch watch) throws IOException {
        DurableFile.createFolders(Objects.requireNonNull(file.getParent()));
        Path temporary = GenerationFolder.unfinished(file);
        CheckpointWriter writer = new CheckpointWriter(temporary, file, opener.open(temporary), watch);
        try {
            writer.part.clear();
            writer.part.append(ByteBuffer.allocate(CheckpointFile.HEAD_BYTES));
            return writer;
        } catch (IOException | RuntimeException | Error failed) {
            writer.close();
            throw failed;
        }
    }

    /** Adds plain rows behind those that are there. */
    public void append(ByteBuffer rows) throws IOException {
        digest.update(rows.duplicate());
        part.append(rows);
        if (part.length() - syncedBytes >= SYNC_AFTER_BYTES) {
            part.sync();
            syncedBytes = part.length();
        }
        watch.reached(StepWatch.Step.CHECKPOINT_BEGUN);
    }

    /** Bytes of rows so far. */
    public long rowBytes() {
        return part.length() - CheckpointFile.HEAD_BYTES;
    }

    /** The file is whole: its rows are those of that epoch. Once this returns it survives a crash. */
    public void finish(Epoch epoch) throws IOException {
        finish(epoch, Bytes32.of(digest.digest()));
    }

    /** The same if the rows have that SHA-256; otherwise false, and nothing has changed. No more rows may be added. */
    public boolean finishIf(Bytes32 sha256, Epoch epoch) throws IOException {
        boolean right = Bytes32.of(digest.digest()).equals(sha256);
        if (right) {
            finish(epoch, sha256);
        }
        return right;
    }

    private void finish(Epoch epoch, Bytes32 sha256) throws IOException {
        part.overwrite(0, CheckpointFile.head(epoch, sha256));
        part.sync();
        watch.reached(StepWatch.Step.CHECKPOINT_SYNCED);
        DurableFile.move(temporary, file);
        finished = true;
        watch.reached(StepWatch.Step.CHECKPOINT_NAMED);
    }

    @Override
    public void close() throws IOException {
        part.close();
        if (!finished) {
            // A full disk gets its room back at once.
            Files.deleteIfExists(temporary);
        }
    }
}
