package org.morphogen.node.epoch;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.DeltaPiece;
import org.morphogen.epoch.Epoch;
import org.morphogen.epoch.GrownDictionaries;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.chunk.ChunkLease;
import org.morphogen.node.chunk.ChunkMemory;
import org.morphogen.node.chunk.ChunkRows;
import org.morphogen.node.chunk.GenerationFolder;
import org.morphogen.node.layout.SegmentGeometry;
import org.morphogen.row.Bytes32;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.Manifest;

/**
 * Keeps the epochs of one generation: what is acknowledged is in the log, what can be asked for is in the timeline, and
 * chunks in memory follow the head in the background. Thread-safe.
 */
public final class EpochKeeper implements AutoCloseable {
    private static final int FILES_PER_LOG = 8;
    private static final long LEAST_FILE_BYTES = 64 << 10;

    private final Manifest manifest;
    private final Epoch base;
    private final EpochSettings settings;
    private final DeltaLog log;
    private final Timeline timeline;
    private final Map<ChunkId, LiveChunk> chunks = new ConcurrentSkipListMap<>();
    private final Merger merger;
    private final Checkpoints checkpoints;
    private boolean closed;

    private EpochKeeper(
            Epoch base, Manifest manifest, GenerationFolder folder, EpochSettings settings, Troubles troubles) {
        this.manifest = manifest;
        this.base = base;
        this.settings = settings;
        this.log = DeltaLog.open(
                folder.path(), Math.max(LEAST_FILE_BYTES, settings.logBytes() / FILES_PER_LOG), settings.watch());
        try {
            this.timeline = timeline(newestCheckpoint(folder), GrownFile.read(folder.path(), manifest));
        } catch (RuntimeException | Error failed) {
            log.close();
            throw failed;
        }
        this.merger = new Merger(timeline, chunks, settings.watch());
        this.checkpoints = new Checkpoints(folder, log, timeline, chunks, settings, troubles);
    }

    /** Is told what does not go well, and when it does again. */
    public interface Troubles {
        /** What goes wrong and what to do; an empty text when it goes well again. */
        void tell(String what, String problem);
    }

    /**
     * Reads the log in the generation's folder, which is there. Fails with STORAGE_FAILED when it cannot be read or is
     * damaged, see {@link #isDamage}.
     *
     * @param base the snapshot's epoch
     */
    public static EpochKeeper open(
            Epoch base, Manifest manifest, GenerationFolder folder, EpochSettings settings, Troubles troubles) {
        return new EpochKeeper(base, manifest, folder, settings, troubles);
    }

    /** Whether {@link #open} failed because the log is damaged, which no second try mends. */
    public static boolean isDamage(Throwable failure) {
        return failure instanceof MorphogenException told && told.facts().containsKey(DeltaLog.DAMAGED);
    }

    /**
     * Makes the log in a folder, which nobody has open, begin at an epoch, and removes all chunks: they do not lead there.
     * After a crash on the way the node finds an older epoch than that, perhaps without the rows for it. Fails with
     * STORAGE_FAILED.
     */
    public static void beginAnew(GenerationFolder folder, Epoch at, StepWatch watch) {
        GrownFile.deleteIn(folder.path());
        DeltaLog.replace(folder.path(), at, watch);
        folder.keepOnly(List.of(), List.of());
    }

    /**
     * The epoch of which another replica must tell the dictionaries before {@link #open}; empty when the disk tells them.
     * Fails as {@link #open} does.
     */
    public static Optional<Epoch> lacksDictionaries(
            Manifest manifest, GenerationFolder folder, EpochSettings settings) {
        if (GrownDictionaries.of(manifest).byTable().isEmpty() || GrownFile.isIn(folder.path())) {
            return Optional.empty();
        }
        try (DeltaLog log = DeltaLog.open(folder.path(), settings.logBytes(), settings.watch())) {
            return log.beginning();
        }
    }

    /** Keeps dictionaries as they were at an epoch. Fails with STORAGE_FAILED. */
    public static void keepDictionaries(GenerationFolder folder, Epoch at, GrownDictionaries dictionaries) {
        new GrownFile(at, dictionaries).write(folder.path());
    }

    /** Begins to merge and to write checkpoints. */
    public void start() {
        merger.start();
        checkpoints.start();
    }

    /** The epochs that can be asked for. */
    public Timeline epochs() {
        return timeline;
    }

    /**
     * Takes a delta in: once this returns it survives a crash, and the epoch that it leads to can be asked for. A delta
     * that is known already is taken again. Fails, changing nothing, with REQUEST_INVALID, EPOCH_MISMATCH, STORAGE_FAILED,
     * or NOT_SERVING once this is closed.
     *
     * @param held chunks that this node shall hold, whose pieces must be there; others are left out
     */
    public synchronized Epoch apply(Delta delta, Set<ChunkId> held) {
        requireOpen();
        Set<ChunkId> needed = new HashSet<>(held);
        // Some may have come since the caller looked.
        needed.addAll(chunks.keySet());
        Delta own = checked(delta, needed).only(needed);
        KnownEpoch head = timeline.head();
        Epoch wanted = own.header().epoch();
        if (isKnown(wanted)) {
            return head.epoch();
        }
        if (!own.header().parentDigest().equals(head.epoch().digest())
                || own.header().number() != head.number() + 1) {
            throw mismatch("the delta does not lead on from this node's head", head.epoch());
        }
        KnownEpoch next = next(head, own);
        log.append(own);
        timeline.append(next);
        merger.wake();
        checkpoints.wake();
        return next.epoch();
    }

    /**
     * Goes back to an epoch of the window, so that others may follow it. Fails, changing nothing, with EPOCH_MISMATCH,
     * STORAGE_FAILED, or NOT_SERVING once this is closed.
     */
    public synchronized Epoch rewind(Bytes32 digest) {
        requireOpen();
        KnownEpoch head = timeline.head();
        if (head.epoch().digest().equals(digest)) {
            return head.epoch();
        }
        KnownEpoch to = timeline.window().stream()
                .filter(known -> known.epoch().digest().equals(digest))
                .findFirst()
                .orElseThrow(() -> mismatch("the epoch to go back to is not in the window", head.epoch()));
        log.rewind(digest);
        timeline.rewind(to);
        checkpoints.wentBack(to.number());
        merger.wake();
        return to.epoch();
    }

    /** Whether this node has all deltas that lead from an epoch to its head, with what they changed in a chunk. */
    public boolean leadsOn(ChunkId id, Epoch standing) {
        if (log.lacks(id, standing.number())) {
            return false;
        }
        return timeline.known(standing.digest()).isPresent()
                || log.chain().stream().anyMatch(entry -> entry.parentDigest().equals(standing.digest()));
    }

    /** A chunk that comes from another replica. While it is open, what is needed to let the chunk follow stays here. */
    public final class Arrival implements AutoCloseable {
        private final ChunkId id;
        private final Timeline.Pin pin;

        private Arrival(ChunkId id, Timeline.Pin pin) {
            this.id = id;
            this.pin = pin;
            checkpoints.arriving(id, pin.epoch().number());
        }

        /** Number of the oldest epoch that its rows may stand at. */
        public long oldest() {
            return pin.epoch().number();
        }

        /** The epoch of that digest, if rows that stand at it can follow. */
        public Optional<Epoch> known(Bytes32 digest) {
            return timeline.known(digest).map(KnownEpoch::epoch).filter(epoch -> epoch.number() >= oldest());
        }

        @Override
        public void close() {
            checkpoints.arrived(id);
            pin.close();
        }
    }

    /**
     * Prepares for a chunk that comes from another replica, as it was at an epoch of this node's window. Fails with
     * EPOCH_OUTSIDE_WINDOW while the head is not beyond the deltas that are here without the chunk's pieces.
     */
    public Arrival arrival(ChunkId id) {
        return new Arrival(id, timeline.pinOldestFrom(log.lastLacking(id)).orElseThrow(timeline::outside));
    }

    /**
     * Makes a chunk follow the epochs from now on. Fails with STORAGE_FAILED when this node does not have all that
     * deltas changed in it, see {@link #leadsOn}, perhaps since the chain went back meanwhile. Epochs from before the first
     * delta whose piece is here cannot be asked for any more.
     *
     * @param memory owned by the caller, by the chunk once this returns
     * @param standing of the rows
     */
    public LiveChunk enter(ChunkId id, SegmentGeometry segments, ChunkMemory memory, Epoch standing) {
        Timeline.Pin pin = timeline.pin(standing.digest()).orElseGet(() -> replay(id, memory, standing));
        synchronized (this) {
            long whole = log.lastLacking(id);
            // The chain may have gone back since the epoch was pinned: what is behind the common one is undone.
            long common = pin.epoch().meeting(timeline.head()).number();
            if (whole > Math.min(standing.number(), common)) {
                pin.close();
                throw broken(
                        "holds deltas that changed chunk " + id + " before it came to this node, without its rows");
            }
            timeline.forgetBefore(whole);
            LiveChunk chunk = new LiveChunk(id, memory, segments, pin, whole > 0);
            if (standing.number() <= common) {
                checkpoints.onDisk(id, standing.number());
            } else {
                checkpoints.forget(id);
            }
            chunks.put(id, chunk);
            merger.wake();
            checkpoints.wake();
            return chunk;
        }
    }

    /** A chunk follows no more; its memory is let go. */
    public void leave(LiveChunk chunk) {
        chunks.remove(chunk.id(), chunk);
        checkpoints.forget(chunk.id());
        chunk.release();
    }

    /**
     * A chunk as it was at an epoch, which was pinned before the chunk was found. Fails with EPOCH_OUTSIDE_WINDOW when the
     * chunk came to this node so late that its rows of then are not known.
     */
    public ChunkAtEpoch at(LiveChunk chunk, KnownEpoch epoch) {
        // Whoever sees the chunk sees a window without the epochs that it lacks.
        if (chunk.isLate() && !timeline.window().contains(epoch)) {
            throw timeline.outside();
        }
        return new ChunkAtEpoch(chunk, epoch);
    }

    /** SHA-256 of a chunk's rows as they were at an epoch; empty when it is not in memory. */
    public Optional<Bytes32> digest(ChunkId id, KnownEpoch at) {
        return Optional.ofNullable(chunks.get(id))
                .map(chunk -> at(chunk, at))
                .flatMap(found -> found.chunk().lease().map(held -> {
                    try (ChunkLease lease = held) {
                        return Bytes32.of(CheckpointFile.digest(found, lease.rows()));
                    }
                }));
    }

    /** What the epochs take now. */
    public KeptEpochs kept() {
        try (Timeline.Pin head = timeline.pinHead()) {
            int behind = chunks.values().stream()
                    .mapToInt(chunk -> chunk.segmentsBehind(head.epoch()))
                    .sum();
            return new KeptEpochs(timeline.span(), timeline.entryBytes(), log.bytes(), behind);
        }
    }

    /** Whether no chunk has yet to be read from this disk. Before that, the log may be needed from its beginning. */
    public void complete(boolean now) {
        checkpoints.complete(now);
    }

    /** The epoch that the snapshot's own files stand at. */
    public Epoch base() {
        return base;
    }

    /** Stops following; the chunks stay as they are. From then on the head is what was acknowledged last. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        merger.close();
        checkpoints.close();
        log.close();
    }

    private void requireOpen() {
        if (closed) {
            throw new MorphogenException(FailureReason.NOT_SERVING, "This node is reading its delta log anew.");
        }
    }

    private static KnownEpoch next(KnownEpoch head, Delta delta) {
        try {
            return head.next(delta);
        } catch (IllegalArgumentException wrong) {
            throw new MorphogenException(FailureReason.REQUEST_INVALID, wrong.getMessage() + ".");
        }
    }

    private Delta checked(Delta delta, Set<ChunkId> held) {
        try {
            delta.check(manifest, held);
            return delta;
        } catch (IllegalArgumentException wrong) {
            throw new MorphogenException(FailureReason.REQUEST_INVALID, wrong.getMessage() + ".");
        }
    }

    private boolean isKnown(Epoch wanted) {
        return timeline.window().stream()
                .anyMatch(known -> known.epoch().digest().equals(wanted.digest()));
    }

    private static MorphogenException mismatch(String what, Epoch head) {
        return new MorphogenException(
                FailureReason.EPOCH_MISMATCH,
                what + ", epoch " + head + ".",
                Map.of(
                        "headEpoch", Long.toString(head.number()),
                        "headDigest", head.digest().hex()));
    }

    /**
     * No chunk can be brought behind it. A damaged file is told of when its chunk is loaded, and so is one of an epoch that
     * was undone.
     */
    private long newestCheckpoint(GenerationFolder folder) {
        Set<Bytes32> chain = new HashSet<>();
        chain.add(log.beginning().orElse(base).digest());
        log.chain()
                .forEach(entry ->
                        chain.addAll(List.of(entry.parentDigest(), entry.epoch().digest())));
        long newest = 0;
        for (Path file : folder.checkpointFiles()) {
            try {
                Epoch standing = CheckpointFile.standing(file);
                if (chain.contains(standing.digest())) {
                    newest = Math.max(newest, standing.number());
                }
            } catch (MorphogenException damaged) {
                if (damaged.reason() != FailureReason.SNAPSHOT_INVALID) {
                    throw damaged;
                }
            }
        }
        return newest;
    }

    /** The newest epochs of the log, none before {@code oldest}, and one before them. */
    private Timeline timeline(long newestCheckpoint, Optional<GrownFile> grown) {
        long oldest = Math.max(
                newestCheckpoint, grown.map(file -> file.epoch().number()).orElse(0L));
        List<LogEntry> chain = log.chain();
        Optional<Bytes32> tip = log.tip();
        Epoch beginning = log.beginning().orElse(base);
        if (chain.isEmpty()) {
            if (tip.isPresent() && !tip.get().equals(beginning.digest())) {
                throw DeltaLog.damaged("The delta log leads to an epoch that it does not hold");
            }
            return new Timeline(KnownEpoch.root(beginning, dictionaries(grown, beginning, List.of())), settings);
        }
        boolean whole = chain.getFirst().parentDigest().equals(beginning.digest());
        int first = Math.max(whole ? 0 : 1, chain.size() - settings.windowEpochs() + 1);
        while (first < chain.size() && chain.get(first).epoch().number() <= oldest) {
            first++;
        }
        Epoch root = first == 0 ? beginning : chain.get(first - 1).epoch();
        Timeline known =
                new Timeline(KnownEpoch.root(root, dictionaries(grown, beginning, chain.subList(0, first))), settings);
        for (LogEntry entry : chain.subList(first, chain.size())) {
            known.append(known.head().next(log.read(entry, manifest)));
        }
        return known;
    }

    /** The dictionaries after the last of some epochs; what their deltas add comes behind what the disk has. */
    private GrownDictionaries dictionaries(Optional<GrownFile> grown, Epoch beginning, List<LogEntry> epochs) {
        GrownDictionaries known = GrownDictionaries.of(manifest);
        if (known.byTable().isEmpty()) {
            return known;
        }
        int next = epochs.size();
        while (next > 0 && !isOf(grown, epochs.get(next - 1).epoch())) {
            next--;
        }
        if (next > 0 || isOf(grown, beginning)) {
            known = grown.orElseThrow().dictionaries();
        } else if (!beginning.equals(base)
                || (!epochs.isEmpty() && !epochs.getFirst().parentDigest().equals(base.digest()))) {
            throw DeltaLog.damaged("The delta log no longer tells what was added to dictionaries, and no file does");
        }
        for (LogEntry entry : epochs.subList(next, epochs.size())) {
            known = known.plus(entry.dictionaries());
        }
        return known;
    }

    private static boolean isOf(Optional<GrownFile> grown, Epoch epoch) {
        return grown.filter(file -> file.epoch().equals(epoch)).isPresent();
    }

    /** Brings rows that stand behind the timeline to the head, which is pinned. */
    private Timeline.Pin replay(ChunkId id, ChunkMemory memory, Epoch standing) {
        Timeline.Pin head;
        List<LogEntry> chain;
        synchronized (this) {
            head = timeline.pinHead();
            chain = log.chain();
        }
        try (ChunkLease lease = memory.lease().orElseThrow()) {
            int next = 0;
            while (next < chain.size() && !chain.get(next).parentDigest().equals(standing.digest())) {
                next++;
            }
            if (next == chain.size()) {
                throw broken("does not lead on from epoch " + standing + ", at which chunk " + id + " stands on disk");
            }
            for (LogEntry entry : chain.subList(next, chain.size())) {
                replay(entry, id, lease.rows());
            }
            return head;
        } catch (RuntimeException | Error failed) {
            head.close();
            throw failed;
        }
    }

    /** Reads first, so that the rows' memory waits for no disk. */
    private void replay(LogEntry delta, ChunkId id, ChunkRows rows) {
        DeltaPiece piece = log.read(delta, manifest).pieces().get(id);
        if (piece != null) {
            rows.xor(each -> {
                for (int entry = 0; entry < piece.count(); entry++) {
                    each.diff(piece.row(entry), piece.entries(), piece.diffAt(entry));
                }
            });
        }
    }

    private static MorphogenException broken(String what) {
        return new MorphogenException(FailureReason.STORAGE_FAILED, "The delta log " + what + ".");
    }
}
