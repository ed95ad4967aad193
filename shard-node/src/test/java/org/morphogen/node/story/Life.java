package org.morphogen.node.story;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.morphogen.epoch.Epoch;
import org.morphogen.node.carousel.Carousel;
import org.morphogen.node.carousel.TimedCarousel;
import org.morphogen.node.chunk.ChunkMemory;
import org.morphogen.node.chunk.ChunkReader;
import org.morphogen.node.chunk.DurableFile;
import org.morphogen.node.chunk.GenerationFolder;
import org.morphogen.node.chunk.HostMemory;
import org.morphogen.node.chunk.MemoryBudget;
import org.morphogen.node.chunk.RowMemory;
import org.morphogen.node.epoch.CheckpointFile;
import org.morphogen.node.epoch.EpochKeeper;
import org.morphogen.node.epoch.EpochSettings;
import org.morphogen.node.epoch.LiveChunk;
import org.morphogen.node.fixture.MadeSnapshot;
import org.morphogen.node.layout.SegmentGeometry;
import org.morphogen.node.shake.Schedule;
import org.morphogen.snapshot.ChunkGeometry;
import org.morphogen.snapshot.ChunkId;

/**
 * A node from when it takes up a folder until it is closed or killed: its epochs, chunks and carousel, put together as a
 * node does, but with nobody to fetch chunks from but the snapshot.
 */
final class Life {
    private static final long MEMORY = 64 << 20;

    private final Schedule schedule;
    private final MadeSnapshot snapshot;
    private final GenerationFolder folder;
    private final EpochKeeper keeper;
    private final Carousel carousel;
    private final RowMemory memory = new HostMemory(new MemoryBudget(MEMORY));
    private final ReentrantLock changing = new ReentrantLock();
    private final Map<ChunkId, LiveChunk> loaded = new TreeMap<>();
    private final Set<ChunkId> wished;
    private final List<Thread> actors = new ArrayList<>();
    private boolean killed;
    private boolean over;

    /** Takes up what is in the folder; no chunk is in memory yet. */
    Life(
            Schedule schedule,
            MadeSnapshot snapshot,
            Path path,
            Set<ChunkId> wished,
            EpochSettings settings,
            int workers) {
        this.schedule = schedule;
        this.snapshot = snapshot;
        this.folder = new GenerationFolder(path);
        this.wished = new TreeSet<>(wished);
        folder.keepOnly(wished, List.of());
        keeper = EpochKeeper.open(snapshot.base(), snapshot.manifest(), folder, settings, (what, problem) -> {});
        keeper.start();
        carousel = TimedCarousel.open(workers, new PointedEngine(), schedule::nanoTime);
    }

    EpochKeeper keeper() {
        return keeper;
    }

    Carousel carousel() {
        return carousel;
    }

    Path path() {
        return folder.path();
    }

    MemoryBudget budget() {
        return memory.budget();
    }

    /** What happens to a node that was killed is nobody's concern. */
    boolean isKilled() {
        return killed;
    }

    /** Nobody shall begin anything new. */
    boolean isOver() {
        return over;
    }

    void end() {
        over = true;
    }

    /** From now on nothing that it does counts. */
    void kill() {
        over = true;
        killed = true;
    }

    /** Lets somebody act on this node, until they have done or it is over. */
    Thread act(String name, Act act) {
        Thread actor = schedule.start(name, () -> {
            try {
                act.run();
            } catch (RuntimeException | Error | InterruptedException failed) {
                if (!killed) {
                    throw new AssertionError(name, failed);
                }
            }
        });
        actors.add(actor);
        return actor;
    }

    /** What an actor does. */
    @FunctionalInterface
    interface Act {
        void run() throws InterruptedException;
    }

    /** Waits until all who act have done. */
    void awaitActors() throws InterruptedException {
        for (int next = 0; next < actors.size(); next++) {
            actors.get(next).join();
        }
    }

    boolean wishes(ChunkId id) {
        return wished.contains(id);
    }

    Set<ChunkId> wished() {
        return Set.copyOf(wished);
    }

    Optional<LiveChunk> chunk(ChunkId id) {
        return Optional.ofNullable(loaded.get(id));
    }

    List<LiveChunk> chunks() {
        return List.copyOf(loaded.values());
    }

    /** The node shall hold one more. */
    void wish(ChunkId id) {
        change(() -> wished.add(id));
    }

    /** The node shall hold one less. */
    void letGo(ChunkId id) {
        change(() -> {
            LiveChunk chunk = loaded.remove(id);
            if (chunk != null) {
                keeper.leave(chunk);
            }
            wished.remove(id);
        });
        folder.keepOnly(wished, Set.copyOf(loaded.keySet()));
    }

    private void change(Runnable what) {
        changing.lock();
        try {
            what.run();
            keeper.complete(loaded.keySet().containsAll(wished));
        } finally {
            changing.unlock();
        }
    }

    /** Brings a chunk into memory, from its checkpoint or else from the snapshot. */
    void load(ChunkId id) {
        int rowBytes = geometry(id).rowBytes();
        int rows = geometry(id).rows(id.index());
        if (Files.exists(folder.checkpointFile(id))) {
            CheckpointFile.Loaded found = CheckpointFile.read(folder.checkpointFile(id), rowBytes, rows, memory);
            enter(id, found.memory(), found.epoch());
            delete(folder.chunkFile(id));
        } else {
            pull(id);
            String sha256 = snapshot.entry(id).sha256();
            enter(id, ChunkReader.read(folder.chunkFile(id), rowBytes, rows, sha256, memory), snapshot.base());
        }
    }

    private void enter(ChunkId id, ChunkMemory loadedRows, Epoch standing) {
        LiveChunk chunk;
        try {
            chunk = keeper.enter(id, segments(id), loadedRows, standing);
        } catch (RuntimeException | Error failed) {
            loadedRows.release();
            throw failed;
        }
        change(() -> {
            if (!wished.contains(id) || loaded.putIfAbsent(id, chunk) != null) {
                keeper.leave(chunk);
            }
        });
    }

    private void pull(ChunkId id) {
        Path file = folder.chunkFile(id);
        try {
            if (!Files.exists(file)) {
                Files.createDirectories(file.getParent());
                Files.copy(snapshot.folder().resolve(id.fileName()), file);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void delete(Path file) {
        try {
            DurableFile.delete(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private ChunkGeometry geometry(ChunkId id) {
        return snapshot.manifest().table(id.table()).orElseThrow().geometry();
    }

    /** Segments of one tile each, the smallest that there can be, so that there are several. */
    private SegmentGeometry segments(ChunkId id) {
        return SegmentGeometry.of(geometry(id), 1);
    }

    /** Stops it as a node stops, and gives all memory back. */
    void close() throws InterruptedException {
        over = true;
        carousel.close();
        awaitActors();
        keeper.close();
        for (LiveChunk chunk : chunks()) {
            loaded.remove(chunk.id());
            keeper.leave(chunk);
        }
    }
}
