package org.morphogen.coordinator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.DeltaPiece;
import org.morphogen.epoch.Epoch;
import org.morphogen.epoch.GrownDictionaries;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.Bytes32;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.Sha256;
import org.morphogen.snapshot.SnapshotDirectory;
import org.morphogen.snapshot.TableManifest;

/** Chunks of a generation and the deltas upon them, kept as a shard node does, in the plainest way. Thread-safe. */
public final class HeldEpochs {
    private final SnapshotDirectory snapshot;
    private final Map<ChunkId, byte[]> base = new TreeMap<>();
    private final Epoch baseEpoch;
    private final int windowEpochs;
    private final List<Delta> deltas = new ArrayList<>();
    private int taken;

    /** Reads the chunks; they are at the snapshot's block. */
    public HeldEpochs(SnapshotDirectory snapshot, Collection<ChunkId> chunks, int windowEpochs) {
        this.snapshot = snapshot;
        this.baseEpoch = Epoch.base(0, snapshot.digest(), snapshot.manifest().block());
        this.windowEpochs = windowEpochs;
        for (ChunkId chunk : chunks) {
            try {
                base.put(chunk, Files.readAllBytes(snapshot.path(chunk.fileName())));
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }

    public SnapshotDirectory snapshot() {
        return snapshot;
    }

    public Set<ChunkId> chunks() {
        return Set.copyOf(base.keySet());
    }

    public synchronized Epoch head() {
        return epoch(deltas.size());
    }

    public synchronized Epoch oldest() {
        return epoch(Math.max(0, deltas.size() + 1 - windowEpochs));
    }

    /** Deltas taken in, those that were known already not counted. */
    public synchronized int taken() {
        return taken;
    }

    public synchronized Epoch apply(Delta delta) {
        try {
            delta.check(snapshot.manifest(), base.keySet());
        } catch (IllegalArgumentException wrong) {
            throw new MorphogenException(FailureReason.REQUEST_INVALID, wrong.getMessage() + ".");
        }
        if (windowIndex(delta.header().epoch().digest()) >= 0) {
            return head();
        }
        if (!delta.header().parentDigest().equals(head().digest())) {
            throw mismatch("the delta does not lead on from this node's head");
        }
        deltas.add(delta);
        taken++;
        return head();
    }

    public synchronized Epoch rewind(Bytes32 digest) {
        int index = windowIndex(digest);
        if (index < 0) {
            throw mismatch("the epoch to go back to is not in the window");
        }
        deltas.subList(index, deltas.size()).clear();
        return head();
    }

    /** The dictionaries as they were at an epoch of the window. */
    public synchronized GrownDictionaries dictionaries(long epoch, byte[] mark) {
        GrownDictionaries grown = GrownDictionaries.of(snapshot.manifest());
        for (Delta delta : deltas.subList(0, index(epoch, mark))) {
            grown = grown.plus(delta.header().dictionaries());
        }
        return grown;
    }

    /** A row as it was at an epoch of the window. */
    public synchronized byte[] row(TableManifest table, int way, long row, long epoch, byte[] mark) {
        int index = index(epoch, mark);
        ChunkId chunk = new ChunkId(table.name(), way, (int) (row / table.chunkRows()));
        if (!base.containsKey(chunk)) {
            throw new MorphogenException(FailureReason.CHUNK_NOT_HELD, "rows: not held.");
        }
        int at = (int) (row % table.chunkRows()) * table.rowBytes();
        return Arrays.copyOfRange(rows(chunk, index), at, at + table.rowBytes());
    }

    private int index(long epoch, byte[] mark) {
        int index = Math.toIntExact(epoch - baseEpoch.number());
        if (epoch < oldest().number() || epoch > head().number()) {
            throw new MorphogenException(FailureReason.EPOCH_OUTSIDE_WINDOW, "epoch: not in the window.");
        }
        if (!Arrays.equals(epoch(index).mark(), mark)) {
            throw new MorphogenException(FailureReason.EPOCH_REPLACED, "epoch_mark: another block.");
        }
        return index;
    }

    /** SHA-256 of each chunk's rows at the head. */
    public synchronized Map<ChunkId, String> digests() {
        Map<ChunkId, String> digests = new TreeMap<>();
        base.keySet().forEach(chunk -> digests.put(chunk, Sha256.of(rows(chunk, deltas.size()))));
        return digests;
    }

    private byte[] rows(ChunkId chunk, int count) {
        byte[] rows = base.getOrDefault(chunk, new byte[0]).clone();
        for (Delta delta : deltas.subList(0, count)) {
            DeltaPiece piece = delta.pieces().get(chunk);
            for (int entry = 0; piece != null && entry < piece.count(); entry++) {
                int at = piece.row(entry) * piece.rowBytes();
                for (int i = 0; i < piece.rowBytes(); i++) {
                    rows[at + i] ^= piece.entries()[piece.diffAt(entry) + i];
                }
            }
        }
        return rows;
    }

    private int windowIndex(Bytes32 digest) {
        for (int index = deltas.size(); epoch(index).number() > oldest().number(); index--) {
            if (epoch(index).digest().equals(digest)) {
                return index;
            }
        }
        return oldest().digest().equals(digest) ? Math.max(0, deltas.size() + 1 - windowEpochs) : -1;
    }

    private Epoch epoch(int index) {
        return index == 0 ? baseEpoch : deltas.get(index - 1).header().epoch();
    }

    private MorphogenException mismatch(String what) {
        return new MorphogenException(
                FailureReason.EPOCH_MISMATCH,
                what + ".",
                Map.of(
                        "headEpoch", Long.toString(head().number()),
                        "headDigest", head().digest().hex()));
    }
}
