package org.morphogen.node.epoch;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.chunk.ChunkLease;
import org.morphogen.node.chunk.DurableFile;
import org.morphogen.node.chunk.GenerationFolder;
import org.morphogen.node.chunk.Storage;
import org.morphogen.snapshot.ChunkId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the log bounded: when it is too long, writes every chunk anew as it was at the oldest epoch of the window, which
 * no reorganisation undoes any more, one chunk at a time; then what the log holds from before can go. What the window
 * needs stays and does not count, so that a long window does not have chunks written for every block. A chunk that came
 * from another replica may stand on disk at an epoch that is undone later; it is written anew at once. One thread of its
 * own. The disk needs room for one chunk more.
 */
final class Checkpoints implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Checkpoints.class);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(30);
    private static final String WHAT = "checkpoint";
    private static final long NOT_ON_DISK = -1;

    private final GenerationFolder folder;
    private final DeltaLog deltas;
    private final Timeline timeline;
    private final Map<ChunkId, LiveChunk> chunks;
    private final EpochSettings settings;
    private final EpochKeeper.Troubles troubles;
    /** The epoch of the chain that a chunk's file stands at; none for a chunk whose file is of no use. */
    private final Map<ChunkId, Long> onDisk = new ConcurrentHashMap<>();

    /** Chunks that are being taken over from another replica, and the oldest epoch that they may come at. */
    private final Map<ChunkId, Long> arriving = new ConcurrentHashMap<>();

    private final Semaphore due = new Semaphore(0);
    private final Thread thread =
            Thread.ofPlatform().name("checkpoint").daemon().unstarted(this::run);
    private volatile boolean complete;

    Checkpoints(
            GenerationFolder folder,
            DeltaLog deltas,
            Timeline timeline,
            Map<ChunkId, LiveChunk> chunks,
            EpochSettings settings,
            EpochKeeper.Troubles troubles) {
        this.folder = folder;
        this.deltas = deltas;
        this.timeline = timeline;
        this.chunks = chunks;
        this.settings = settings;
        this.troubles = troubles;
    }

    void start() {
        thread.start();
    }

    /** The log may have become too long. */
    void wake() {
        due.release();
    }

    /** A chunk's file stands at that epoch of the chain. */
    void onDisk(ChunkId chunk, long epoch) {
        onDisk.put(chunk, epoch);
    }

    /** All later epochs are undone. */
    void wentBack(long to) {
        if (onDisk.values().removeIf(epoch -> epoch > to)) {
            wake();
        }
    }

    /** A chunk's file, if there is one, is of no use. */
    void forget(ChunkId chunk) {
        onDisk.remove(chunk);
    }

    /** A chunk comes at that epoch or a later one; until it is here or fails to come, its deltas stay. */
    void arriving(ChunkId chunk, long oldestEpoch) {
        arriving.put(chunk, oldestEpoch);
    }

    /** It is here, or will not come. */
    void arrived(ChunkId chunk) {
        arriving.remove(chunk);
    }

    /** Whether no chunk has yet to be read from this disk: before that, the log may be needed from its beginning. */
    void complete(boolean now) {
        complete = now;
        wake();
    }

    private void run() {
        try {
            while (true) {
                due.acquire();
                due.drainPermits();
                if (!write()) {
                    TimeUnit.NANOSECONDS.sleep(PAUSE_AFTER_FAILURE.toNanos());
                    wake();
                }
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean logIsTooLong() {
        return deltas.bytes() - timeline.windowBytes() > settings.logBytes();
    }

    /** Whether what must be written now, if anything, was. */
    private boolean write() throws InterruptedException {
        boolean all = complete && logIsTooLong();
        if (!all && chunks.keySet().stream().allMatch(onDisk::containsKey)) {
            return true;
        }
        try (Timeline.Pin oldest = timeline.pinOldest()) {
            writeThoseBefore(all ? oldest.epoch().number() : 0, oldest.epoch());
            if (all) {
                long needed = Math.min(needed(oldest.epoch().number()), keepDictionaries(oldest.epoch()));
                deltas.forgetBefore(needed);
            }
            troubles.tell(WHAT, "");
            return true;
        } catch (MorphogenException failed) {
            log.warn("Chunks stay on disk as they were. {}", failed.explain());
            troubles.tell(WHAT, "checkpoint: " + failed.explain());
            return false;
        } catch (RuntimeException | Error defect) {
            log.error("Chunks stay on disk as they were", defect);
            troubles.tell(WHAT, "checkpoint: " + defect);
            return false;
        }
    }

    private void writeThoseBefore(long epoch, KnownEpoch at) throws InterruptedException {
        for (LiveChunk chunk : chunks.values()) {
            if (onDisk.getOrDefault(chunk.id(), NOT_ON_DISK) < epoch) {
                write(chunk, at);
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    /** Gives the epoch from which on the log must tell what is added to dictionaries. */
    private long keepDictionaries(KnownEpoch at) {
        if (at.dictionaries().byTable().isEmpty()) {
            return Long.MAX_VALUE;
        }
        new GrownFile(at.epoch(), at.dictionaries()).write(folder.path());
        return at.number();
    }

    /** The epoch that the chunk furthest behind stands at on disk. Asks the chunks: one let go may have been written late. */
    private long needed(long otherwise) {
        long coming = arriving.values().stream().mapToLong(Long::longValue).reduce(otherwise, Math::min);
        return chunks.keySet().stream()
                .mapToLong(id -> onDisk.getOrDefault(id, NOT_ON_DISK))
                .reduce(coming, Math::min);
    }

    private void write(LiveChunk chunk, KnownEpoch at) {
        Optional<ChunkLease> held = chunk.lease();
        if (held.isEmpty()) {
            return;
        }
        Path file = folder.checkpointFile(chunk.id());
        try (ChunkLease lease = held.get()) {
            CheckpointFile.write(file, new ChunkAtEpoch(chunk, at), lease.rows(), settings.watch());
            onDisk.put(chunk.id(), at.number());
            DurableFile.delete(folder.chunkFile(chunk.id()));
        } catch (IOException stuck) {
            // A chunk that was let go meanwhile loses its files.
            if (chunks.containsKey(chunk.id())) {
                throw Storage.failed("write", file, stuck);
            }
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
