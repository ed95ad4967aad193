package org.morphogen.node.generation;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.snapshot.BlockInfo;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.SnapshotDigest;
import org.morphogen.transport.Endpoint;

/** A {@link HoldWish} as {@code held.json} keeps it. */
record HeldRecord(
        String format,
        int party,
        long generation,
        String snapshot,
        long epoch,
        BlockInfo block,
        long assignmentVersion,
        List<ChunkId> chunks,
        List<String> sources) {
    private static final String FORMAT = "morphogen-held/1";
    private static final DurableRecord<HeldRecord> FILE = new DurableRecord<>(HeldRecord.class);

    /** The wish in {@code file}, or empty when there is none; fails with STORAGE_FAILED when it is damaged. */
    static Optional<HoldWish> read(Path file) {
        return FILE.read(file).map(held -> held.toWish(file));
    }

    /** Once this returns, the wish survives a crash. */
    static void write(Path file, HoldWish wish) {
        FILE.write(
                file,
                new HeldRecord(
                        FORMAT,
                        wish.party(),
                        wish.generation(),
                        wish.snapshot().hex(),
                        wish.base().epoch(),
                        wish.base().block(),
                        wish.assignmentVersion(),
                        wish.chunks(),
                        wish.sources().stream().map(Endpoint::toString).toList()));
    }

    private HoldWish toWish(Path file) {
        try {
            if (!format.equals(FORMAT)) {
                throw new IllegalArgumentException("format: '" + format + "' is not " + FORMAT);
            }
            return new HoldWish(
                    party,
                    generation,
                    new SnapshotDigest(snapshot),
                    new BaseEpoch(epoch, block),
                    assignmentVersion,
                    chunks,
                    sources.stream().map(Endpoint::parse).toList());
        } catch (RuntimeException wrong) {
            throw new MorphogenException(
                    FailureReason.STORAGE_FAILED, file + " is damaged: " + wrong.getMessage() + ".", Map.of(), wrong);
        }
    }
}
