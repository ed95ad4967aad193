package org.morphogen.node.generation;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.morphogen.epoch.Epoch;
import org.morphogen.node.chunk.ChunkMemory;
import org.morphogen.node.chunk.RowMemory;
import org.morphogen.node.epoch.ChunkAtEpoch;
import org.morphogen.node.epoch.EpochKeeper;
import org.morphogen.node.epoch.KnownEpoch;
import org.morphogen.node.epoch.LiveChunk;
import org.morphogen.node.epoch.Timeline;
import org.morphogen.node.handover.Donors;
import org.morphogen.node.layout.SegmentGeometry;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.Manifest;

/**
 * One generation: the wish, and what of it is in memory. Filled by a {@link GenerationLoader}, read by queries.
 * Thread-safe.
 */
public final class HeldGeneration {
    private final Map<ChunkId, LiveChunk> loaded = new ConcurrentHashMap<>();
    private final Map<String, String> problems = new ConcurrentSkipListMap<>();
    private final Donors donors = new Donors();
    /** Chunks whose rows only another replica has. */
    private final Set<ChunkId> wanting = ConcurrentHashMap.newKeySet();

    private final RowMemory memory;
    private final Supplier<Optional<String>> fault;
    private volatile boolean logDamaged;
    private volatile HoldWish wish;
    private volatile @Nullable Manifest manifest;
    private volatile @Nullable EpochKeeper keeper;
    private boolean dropped;

    HeldGeneration(HoldWish wish, RowMemory memory, Supplier<Optional<String>> fault) {
        this.wish = wish;
        this.memory = memory;
        this.fault = fault;
    }

    /** What shall be held. */
    public HoldWish wish() {
        return wish;
    }

    /** The tables; empty until the manifest has been pulled. */
    public Optional<Manifest> manifest() {
        return Optional.ofNullable(manifest);
    }

    /** A chunk; empty when it is not in memory, or not wanted any more. */
    public Optional<LiveChunk> chunk(ChunkId chunk) {
        return Optional.ofNullable(loaded.get(chunk));
    }

    /**
     * A chunk as it was at an epoch that the caller has pinned; empty when it is not in memory, or not wanted any more.
     * Fails with EPOCH_OUTSIDE_WINDOW when it came to this node after that epoch.
     */
    public Optional<ChunkAtEpoch> chunk(ChunkId id, KnownEpoch at) {
        return chunk(id).flatMap(chunk -> keeper().map(epochs -> epochs.at(chunk, at)));
    }

    /** The epochs that can be asked for; empty until the delta log has been read. */
    public Optional<Timeline> epochs() {
        return keeper().map(EpochKeeper::epochs);
    }

    /** What keeps the epochs; empty until the delta log has been read. */
    public Optional<EpochKeeper> keeper() {
        return Optional.ofNullable(keeper);
    }

    /** Replicas to take rows from. */
    Donors donors() {
        return donors;
    }

    /** How far it is. Nothing is ready while there is a fault, which then is the problem. */
    public GenerationProgress progress() {
        Optional<String> broken = fault.get();
        HoldWish wanted = wish;
        Manifest tables = manifest;
        List<ChunkId> ready = broken.isPresent()
                ? List.of()
                : wanted.chunks().stream().filter(loaded::containsKey).toList();
        return new GenerationProgress(
                wanted,
                tables != null,
                ready.size(),
                tables == null ? 0 : SnapshotChunks.bytes(tables, wanted.chunks(), memory),
                tables == null ? 0 : SnapshotChunks.bytes(tables, ready, memory),
                broken.orElseGet(this::problem),
                epochs().map(Timeline::span),
                // A chunk that has just come may still stand among those that are wanted.
                logDamaged || !loaded.keySet().containsAll(wanting));
    }

    void manifestKnown(Manifest known) {
        manifest = known;
    }

    /** Takes the keeper over, and lets it begin. */
    synchronized void epochsKnown(EpochKeeper opened) {
        if (dropped) {
            opened.close();
            return;
        }
        keeper = opened;
        logDamaged = false;
        opened.start();
    }

    /** The delta log cannot be used, or not as it is. */
    void logIsDamaged() {
        logDamaged = true;
    }

    /** Only another replica has a chunk's rows, so no older deltas are needed for it. */
    synchronized void wants(ChunkId chunk) {
        if (wish.chunks().contains(chunk)) {
            wanting.add(chunk);
            tellComplete();
        }
    }

    /**
     * Takes ownership of a loaded chunk; gives it back at once when it is not wanted any more.
     *
     * @param standing of the rows
     */
    void add(ChunkId id, SegmentGeometry segments, ChunkMemory memory, Epoch standing) {
        EpochKeeper epochs = keeper;
        if (epochs == null) {
            throw new IllegalStateException("no epochs");
        }
        LiveChunk chunk;
        try {
            chunk = epochs.enter(id, segments, memory, standing);
        } catch (RuntimeException | Error failed) {
            memory.release();
            throw failed;
        }
        add(chunk, epochs);
    }

    private synchronized void add(LiveChunk chunk, EpochKeeper epochs) {
        if (dropped || !wish.chunks().contains(chunk.id()) || loaded.putIfAbsent(chunk.id(), chunk) != null) {
            epochs.leave(chunk);
        }
        wanting.remove(chunk.id());
        tellComplete();
    }

    private void tellComplete() {
        if (keeper != null) {
            keeper.complete(wanting.containsAll(missing()));
        }
    }

    /** Replaces the wish and lets go of what it does not name. */
    synchronized void change(HoldWish changed) {
        problems.clear();
        Set<ChunkId> surplus = new HashSet<>(loaded.keySet());
        changed.chunks().forEach(surplus::remove);
        surplus.forEach(this::letGo);
        // Not before, since the next delta may lack what this wish does not name.
        wish = changed;
        wanting.retainAll(changed.chunks());
        tellComplete();
    }

    /**
     * Lets go of all rows and epochs, which can be loaded anew then; for when nobody loads. Gives the head that it was at,
     * if any: nothing has been acknowledged behind it.
     */
    synchronized Optional<Epoch> empty() {
        Optional<EpochKeeper> before = keeper();
        before.ifPresent(EpochKeeper::close);
        Set.copyOf(loaded.keySet()).forEach(this::letGo);
        keeper = null;
        problems.clear();
        wanting.clear();
        logDamaged = false;
        return before.map(closed -> closed.epochs().head().epoch());
    }

    /** Lets go of everything, for good. */
    synchronized void drop() {
        dropped = true;
        if (keeper != null) {
            keeper.close();
        }
        Set.copyOf(loaded.keySet()).forEach(this::letGo);
    }

    /** Chunks in memory. */
    Set<ChunkId> loaded() {
        return Set.copyOf(loaded.keySet());
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
        LiveChunk live = loaded.remove(chunk);
        if (live != null && keeper != null) {
            keeper.leave(live);
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
