package org.morphogen.node.generation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.chunk.ChunkMemory;
import org.morphogen.node.chunk.ChunkReader;
import org.morphogen.node.chunk.DurableFile;
import org.morphogen.node.chunk.GenerationFolder;
import org.morphogen.node.chunk.Storage;
import org.morphogen.node.epoch.CheckpointFile;
import org.morphogen.node.pull.ChunkPull;
import org.morphogen.node.pull.SnapshotSources;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.Manifest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings one chunk into memory: from disk if it is there and right, else from the sources. Thread-safe. */
final class ChunkStep {
    private static final Logger log = LoggerFactory.getLogger(ChunkStep.class);

    private final HeldGeneration held;
    private final Manifest manifest;
    private final GenerationFolder folder;
    private final ChunkPull pull;
    private final LoadingSettings settings;

    ChunkStep(
            HeldGeneration held,
            Manifest manifest,
            GenerationFolder folder,
            SnapshotSources sources,
            LoadingSettings settings) {
        this.held = held;
        this.manifest = manifest;
        this.folder = folder;
        this.pull = new ChunkPull(sources, settings.opener());
        this.settings = settings;
    }

    void run(ChunkId chunk) {
        if (Files.exists(folder.checkpointFile(chunk))) {
            CheckpointFile.Loaded loaded = readCheckpoint(chunk);
            enter(chunk, loaded.memory(), loaded.epoch());
            discard(folder.chunkFile(chunk));
            return;
        }
        if (Files.exists(folder.chunkFile(chunk))) {
            Optional<ChunkMemory> sound = readOrDiscard(chunk);
            if (sound.isPresent()) {
                enter(chunk, sound.get(), held.wish().baseEpoch());
                return;
            }
        }
        pull.pull(new ChunkPull.Target(
                chunk.fileName(),
                SnapshotChunks.fileBytes(manifest, chunk),
                sha256(chunk),
                folder.partFile(chunk),
                folder.chunkFile(chunk)));
        enter(chunk, read(chunk), held.wish().baseEpoch());
    }

    private void enter(ChunkId chunk, ChunkMemory memory, Epoch standing) {
        held.add(
                chunk,
                SnapshotChunks.layout(manifest, chunk),
                SnapshotChunks.segments(manifest, chunk),
                memory,
                standing);
    }

    /** Its rows are nowhere else on this node, and deltas that lead to them may be gone, so a damaged one stays. */
    private CheckpointFile.Loaded readCheckpoint(ChunkId chunk) {
        try {
            return CheckpointFile.read(
                    folder.checkpointFile(chunk), SnapshotChunks.layout(manifest, chunk), settings.budget());
        } catch (MorphogenException failed) {
            if (failed.reason() != FailureReason.SNAPSHOT_INVALID) {
                throw failed;
            }
            throw new MorphogenException(
                    FailureReason.STORAGE_FAILED,
                    failed.getMessage() + " Check the disk; then publish the snapshot again with 'morphogen admin"
                            + " publish --again'.",
                    Map.of(),
                    failed);
        }
    }

    private ChunkMemory read(ChunkId chunk) {
        return ChunkReader.read(
                folder.chunkFile(chunk), SnapshotChunks.layout(manifest, chunk), sha256(chunk), settings.budget());
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
