package org.morphogen.coordinator.generation;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.morphogen.coordinator.placement.SizedChunk;
import org.morphogen.coordinator.transfer.SnapshotLibrary;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.snapshot.SnapshotDirectory;

/**
 * Checks every file of a snapshot against its manifest, on a thread of its own, which reads at disk speed. Can be
 * given up between two files. Thread-safe.
 */
final class Verification {
    private final AtomicInteger filesChecked = new AtomicInteger();
    private final CompletableFuture<List<SizedChunk>> chunks = new CompletableFuture<>();
    private volatile int files;
    private volatile boolean givenUp;

    private Verification() {}

    /** Starts to check the snapshot that a generation is made of. */
    static Verification start(SnapshotLibrary library, GenerationRecord record) {
        Verification verification = new Verification();
        Thread.ofPlatform()
                .daemon()
                .name("verify-" + record.generation())
                .start(() -> verification.run(library, record));
        return verification;
    }

    int filesChecked() {
        return filesChecked.get();
    }

    int files() {
        return files;
    }

    boolean done() {
        return chunks.isDone();
    }

    /** The snapshot's chunks, once {@link #done}; throws what is wrong with the snapshot. */
    List<SizedChunk> chunks() {
        try {
            return chunks.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof MorphogenException known) {
                throw known;
            }
            throw failed;
        }
    }

    void giveUp() {
        givenUp = true;
    }

    private void run(SnapshotLibrary library, GenerationRecord record) {
        try {
            SnapshotDirectory snapshot = library.named(record.snapshot());
            if (!snapshot.digest().equals(record.snapshotDigest())) {
                throw new MorphogenException(
                        FailureReason.SNAPSHOT_INVALID,
                        "Snapshot " + record.snapshot() + " is no longer the one whose publication began.");
            }
            files = snapshot.manifest().files().size();
            snapshot.verify((file, bytes) -> {
                filesChecked.incrementAndGet();
                if (givenUp) {
                    throw new MorphogenException(FailureReason.UNAVAILABLE, "Verification was given up.");
                }
            });
            chunks.complete(SizedChunk.of(snapshot.manifest()));
        } catch (RuntimeException | Error failed) {
            chunks.completeExceptionally(failed);
        }
    }
}
