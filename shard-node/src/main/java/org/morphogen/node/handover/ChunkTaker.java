package org.morphogen.node.handover;

import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.chunk.Storage;
import org.morphogen.node.epoch.CheckpointWriter;
import org.morphogen.node.epoch.EpochKeeper;
import org.morphogen.node.epoch.StepWatch;
import org.morphogen.node.pull.PartFile;
import org.morphogen.protocol.v1.CopyRequest;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.transport.Endpoint;
import org.morphogen.transport.TlsSettings;
import org.morphogen.transport.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes chunks of one generation over from replicas that the leader named, each into a checkpoint file. A file is there
 * whole and right, or as it was before. Thread-safe; its calls block.
 */
public final class ChunkTaker {
    private static final Logger LOG = LoggerFactory.getLogger(ChunkTaker.class);

    private final int party;
    private final long generation;
    private final Donors donors;
    private final TlsSettings tls;
    private final Executor executor;
    private final PartFile.Opener opener;
    private final StepWatch watch;

    /**
     * Takes from {@code donors}.
     *
     * @param opener opens the files that rows go into
     */
    public ChunkTaker(
            int party,
            long generation,
            Donors donors,
            TlsSettings tls,
            Executor executor,
            PartFile.Opener opener,
            StepWatch watch) {
        this.party = party;
        this.generation = generation;
        this.donors = donors;
        this.tls = tls;
        this.executor = executor;
        this.opener = opener;
        this.watch = watch;
    }

    /**
     * A chunk to take over.
     *
     * @param bytes of its rows
     * @param file the checkpoint file to write
     */
    public record Target(ChunkId chunk, long bytes, Path file) {}

    /**
     * Tries every donor once. On success the file is complete, right and durable. Fails with UNAVAILABLE when none is
     * named, with STORAGE_FAILED, or with whatever went wrong with the last donor.
     */
    public void take(Target target, EpochKeeper.Arrival arrival) {
        Donors.Named asked = donors.named();
        if (asked.endpoints().isEmpty()) {
            throw new MorphogenException(
                    FailureReason.UNAVAILABLE,
                    "Another replica must give this node its rows, and the leader has named none that has them. Start"
                            + " the shard's other nodes; if there is none, publish the snapshot again with 'morphogen"
                            + " admin publish --again'.");
        }
        try {
            takeFromAny(target, arrival, asked);
        } catch (IOException diskFailed) {
            throw Storage.failed("write", target.file(), diskFailed);
        }
    }

    /** No other donor can help when this machine's own disk fails. */
    private void takeFromAny(Target target, EpochKeeper.Arrival arrival, Donors.Named asked) throws IOException {
        MorphogenException last = new MorphogenException(FailureReason.UNAVAILABLE, "No donor.");
        for (Endpoint donor : asked.endpoints()) {
            try {
                take(target, arrival, donor, asked.term());
                return;
            } catch (MorphogenException failed) {
                if (Thread.currentThread().isInterrupted()) {
                    throw failed;
                }
                last = failed;
            }
        }
        throw last;
    }

    private void take(Target target, EpochKeeper.Arrival arrival, Endpoint donor, long term) throws IOException {
        CopyRequest request = CopyRequest.newBuilder()
                .setTerm(term)
                .setParty(party)
                .setGeneration(generation)
                .setFromEpoch(arrival.oldest())
                .setChunk(SentCopy.chunk(target.chunk()))
                .build();
        ManagedChannel channel = Transport.channel(donor, tls, executor);
        try (SentCopy copy = SentCopy.ask(channel, "Replica " + donor + ", chunk " + target.chunk(), request)) {
            Epoch epoch = copy.start(target.bytes(), arrival);
            try (CheckpointWriter writer = CheckpointWriter.begin(opener, target.file(), watch)) {
                copy.rows(epoch, target.bytes(), writer);
            }
            LOG.info(
                    "Generation {}: chunk {} taken over from {} at epoch {}", generation, target.chunk(), donor, epoch);
        } finally {
            channel.shutdownNow();
        }
    }
}
