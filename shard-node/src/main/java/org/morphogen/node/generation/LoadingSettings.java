package org.morphogen.node.generation;

import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.morphogen.node.chunk.RowMemory;
import org.morphogen.node.epoch.EpochSettings;
import org.morphogen.node.handover.ChunkGiver;
import org.morphogen.node.pull.Backoff;
import org.morphogen.node.pull.PartFile;
import org.morphogen.transport.TlsSettings;

/**
 * What loading needs beside the wish.
 *
 * @param memory that all chunks of the node share
 * @param tls towards the coordinators
 * @param executor runs the transport's callbacks
 * @param opener opens the files that pulled bytes go into
 * @param backoff between tries that fail
 * @param epochs what bounds a generation's epochs
 * @param taking permits to take chunks over from other replicas, which all generations of the node share
 */
public record LoadingSettings(
        RowMemory memory,
        TlsSettings tls,
        Executor executor,
        PartFile.Opener opener,
        Backoff backoff,
        EpochSettings epochs,
        Semaphore taking) {
    /** With as many permits as a node may take chunks at once. */
    public LoadingSettings(
            RowMemory memory,
            TlsSettings tls,
            Executor executor,
            PartFile.Opener opener,
            Backoff backoff,
            EpochSettings epochs) {
        this(memory, tls, executor, opener, backoff, epochs, new Semaphore(ChunkGiver.MOST_AT_ONCE, true));
    }
}
