package org.morphogen.node.generation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.chunk.ChunkMemory;
import org.morphogen.node.chunk.ChunkReader;
import org.morphogen.node.chunk.DurableFile;
import org.morphogen.node.chunk.GenerationFolder;
import org.morphogen.node.chunk.Storage;
import org.morphogen.node.epoch.CheckpointFile;
import org.morphogen.node.epoch.EpochKeeper;
import org.morphogen.node.handover.ChunkTaker;
import org.morphogen.node.pull.ChunkPull;
import org.morphogen.node.pull.SnapshotSources;
import org.morphogen.snapshot.ChunkGeometry;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.Manifest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one chunk into memory: from disk if it is there and right; else, where deltas since the snapshot are all here,
 * from the sources; else from another replica. Thread-safe.
 */
final class ChunkStep {
    private static final Logger log = LoggerFactory.getLogger(ChunkStep.class);

    private final HeldGeneration held;
    private final Manifest manifest;
    private final EpochKeeper keeper;
    private final GenerationFolder folder;
    private final ChunkPull pull;
    private final ChunkTaker taker;
    private final LoadingSettings settings;
    /** Why what is on disk is of no use. */
    private final Map<ChunkId, String> flaws = new ConcurrentHashMap<>();

    ChunkStep(
            HeldGeneration held,
            Manifest manifest,
            EpochKeeper keeper,
            GenerationFolder folder,
            SnapshotSources sources,
            LoadingSettings settings) {
        this.held = held;
        this.manifest = manifest;
        this.keeper = keeper;
        this.folder = folder;
        this.pull = new ChunkPull(sources, settings.opener());
        this.taker = new ChunkTaker(
                held.wish().party(),
                held.wish().generation(),
                held.donors(),
                settings.tls(),
                settings.executor(),
                settings.opener(),
                settings.epochs().watch());
        this.settings = settings;
    }

    /** Whether nothing of a chunk is on disk and the sources have it, so that it waits for them. */
    boolean mustPull(ChunkId chunk) {
        return !Files.exists(folder.checkpointFile(chunk))
                && !Files.exists(folder.chunkFile(chunk))
                && keeper.leadsOn(chunk, held.wish().baseEpoch());
    }

    /** Loads or pulls a chunk; false when only another replica has its rows. */
    boolean load(ChunkId chunk) {
        Epoch base = held.wish().baseEpoch();
        if (enterCheckpoint(chunk)) {
            return true;
        }
        if (!keeper.leadsOn(chunk, base)) {
            discard(folder.chunkFile(chunk));
            discard(folder.partFile(chunk));
            held.wants(chunk);
            return false;
        }
        Optional<ChunkMemory> kept = Files.exists(folder.chunkFile(chunk)) ? readOrDiscard(chunk) : Optional.empty();
        if (kept.isEmpty()) {
            pull.pull(new ChunkPull.Target(
                    chunk.fileName(),
                    SnapshotChunks.fileBytes(manifest, chunk),
                    sha256(chunk),
                    folder.partFile(chunk),
                    folder.chunkFile(chunk)));
        }
        enter(chunk, kept.orElseGet(() -> read(chunk)), base);
        return true;
    }

    /** Takes a chunk over from another replica and loads it. Blocks while the node takes as many as it may. */
    void take(ChunkId chunk) {
        // First of all: whoever waits keeps no epoch.
        try {
            settings.taking().acquire();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new MorphogenException(FailureReason.UNAVAILABLE, "Taking chunks over was stopped.");
        }
        try {
            takeNow(chunk);
        } finally {
            settings.taking().release();
        }
    }

    private void takeNow(ChunkId chunk) {
        // Perhaps it was taken over and only loading it failed.
        if (!flaws.containsKey(chunk) && enterCheckpoint(chunk)) {
            return;
        }
        try (EpochKeeper.Arrival arrival = keeper.arrival(chunk)) {
            taker.take(
                    new ChunkTaker.Target(
                            chunk, SnapshotChunks.fileBytes(manifest, chunk), folder.checkpointFile(chunk)),
                    arrival);
            flaws.remove(chunk);
            if (!enterCheckpoint(chunk)) {
                throw new MorphogenException(
                        FailureReason.EPOCH_OUTSIDE_WINDOW,
                        "The chain went back behind the epoch at which chunk " + chunk + " was taken over.");
            }
        } catch (MorphogenException failed) {
            String flaw = flaws.getOrDefault(chunk, "");
            throw new MorphogenException(
                    failed.reason(),
                    flaw.isEmpty() ? String.valueOf(failed.getMessage()) : flaw + " " + failed.getMessage(),
                    failed.facts(),
                    failed);
        }
    }

    /**
     * Loads the chunk's own checkpoint; false when there is none or it is of no use. One that is of no use stays until
     * another takes its place.
     */
    private boolean enterCheckpoint(ChunkId chunk) {
        Path file = folder.checkpointFile(chunk);
        if (!Files.exists(file)) {
            return false;
        }
        try {
            Epoch standing = CheckpointFile.standing(file);
            if (!keeper.leadsOn(chunk, standing)) {
                flaws.put(
                        chunk, file + " stands at epoch " + standing + ", which does not lead to where this node is.");
                return false;
            }
            ChunkGeometry geometry = SnapshotChunks.geometry(manifest, chunk);
            CheckpointFile.Loaded loaded =
                    CheckpointFile.read(file, geometry.rowBytes(), geometry.rows(chunk.index()), settings.memory());
            enter(chunk, loaded.memory(), loaded.epoch());
        } catch (MorphogenException failed) {
            if (failed.reason() != FailureReason.SNAPSHOT_INVALID) {
                throw failed;
            }
            String flaw = failed.getMessage() + " Check the disk.";
            log.error("Generation {}: {}", held.wish().generation(), flaw);
            flaws.put(chunk, flaw);
            return false;
        }
        discard(folder.chunkFile(chunk));
        return true;
    }

    private void enter(ChunkId chunk, ChunkMemory memory, Epoch standing) {
        held.add(chunk, SnapshotChunks.segments(manifest, chunk, settings.memory()), memory, standing);
    }

    private ChunkMemory read(ChunkId chunk) {
        ChunkGeometry geometry = SnapshotChunks.geometry(manifest, chunk);
        return ChunkReader.read(
                folder.chunkFile(chunk),
                geometry.rowBytes(),
                geometry.rows(chunk.index()),
                sha256(chunk),
                settings.memory());
    }

    private Optional<ChunkMemory> readOrDiscard(ChunkId chunk) {
        try {
            return Optional.of(read(chunk));
        } catch (MorphogenException failed) {
            if (failed.reason() != FailureReason.SNAPSHOT_INVALID) {
                throw failed;
            }
            String problem = failed.getMessage() + " It is being pulled again; check the disk.";
            log.error("Generation {}: {}", held.wish().generation(), problem);
            held.report("chunk " + chunk, problem);
            discard(folder.chunkFile(chunk));
            return Optional.empty();
        }
    }

    private String sha256(ChunkId chunk) {
        return SnapshotChunks.entry(manifest, chunk).sha256();
    }

    private static void discard(Path file) {
        try {
            DurableFile.delete(file);
        } catch (IOException stuck) {
            throw Storage.failed("remove", file, stuck);
        }
    }
}
