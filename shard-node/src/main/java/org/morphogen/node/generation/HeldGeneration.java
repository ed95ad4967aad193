package org.morphogen.node.generation;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.morphogen.node.chunk.ChunkLease;
import org.morphogen.node.chunk.ChunkMemory;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.Manifest;

/**
 * One generation: the wish, and what of it is in memory. Filled by a {@link GenerationLoader}, read by queries.
 * Thread-safe.
 */
public final class HeldGeneration {
    private final Map<ChunkId, ChunkMemory> loaded = new ConcurrentHashMap<>();
    private final Map<String, String> problems = new ConcurrentSkipListMap<>();
    private volatile HoldWish wish;
    private volatile @Nullable Manifest manifest;
    private boolean dropped;

    HeldGeneration(HoldWish wish) {
        this.wish = wish;
    }

    /** What shall be held. */
    public HoldWish wish() {
        return wish;
    }

    /** The tables; empty until the manifest has been pulled. */
    public Optional<Manifest> manifest() {
        return Optional.ofNullable(manifest);
    }

    /** The right to read a chunk's rows; empty when it is not in memory, or not wanted any more. */
    public Optional<ChunkLease> lease(ChunkId chunk) {
        return Optional.ofNullable(loaded.get(chunk)).flatMap(ChunkMemory::lease);
    }

    /** How far it is. */
    public GenerationProgress progress() {
        HoldWish wanted = wish;
        Manifest tables = manifest;
        List<ChunkId> ready =
                wanted.chunks().stream().filter(loaded::containsKey).toList();
        return new GenerationProgress(
                wanted,
                tables != null,
                ready.size(),
                tables == null ? 0 : SnapshotChunks.bytes(tables, wanted.chunks()),
                tables == null ? 0 : SnapshotChunks.bytes(tables, ready),
                problem());
    }

    void manifestKnown(Manifest known) {
        manifest = known;
    }

    /** Takes ownership of a loaded chunk; gives it back at once when it is not wanted any more. */
    synchronized void add(ChunkId chunk, ChunkMemory memory) {
        if (dropped || !wish.chunks().contains(chunk) || loaded.putIfAbsent(chunk, memory) != null) {
            memory.release();
        }
    }

    /** Replaces the wish and lets go of what it does not name. */
    synchronized void change(HoldWish changed) {
        wish = changed;
        problems.clear();
        Set<ChunkId> surplus = new HashSet<>(loaded.keySet());
        changed.chunks().forEach(surplus::remove);
        surplus.forEach(this::letGo);
    }

    /** Lets go of everything, for good. */
    synchronized void drop() {
        dropped = true;
        Set.copyOf(loaded.keySet()).forEach(this::letGo);
    }

    List<ChunkId> missing() {
        return wish.chunks().stream()
                .filter(chunk -> !loaded.containsKey(chunk))
                .toList();
    }

    void report(String what, String problem) {
        problems.put(what, problem);
    }

    void solved(String what) {
        problems.remove(what);
    }

    private void letGo(ChunkId chunk) {
        ChunkMemory memory = loaded.remove(chunk);
        if (memory != null) {
            memory.release();
        }
    }

    private String problem() {
        List<String> all = List.copyOf(problems.values());
        return switch (all.size()) {
            case 0 -> "";
            case 1 -> all.getFirst();
            default -> all.getFirst() + " (and " + (all.size() - 1) + " more)";
        };
    }
}
