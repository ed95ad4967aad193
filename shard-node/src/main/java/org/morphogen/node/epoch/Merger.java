package org.morphogen.node.epoch;

import java.util.Map;
import java.util.concurrent.Semaphore;
import org.morphogen.snapshot.ChunkId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings all chunks to the head, a chunk at a time, whenever there is a new one. One thread of its own. */
final class Merger implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Merger.class);

    private final Timeline timeline;
    private final Map<ChunkId, LiveChunk> chunks;
    private final StepWatch watch;
    private final Semaphore due = new Semaphore(0);
    private final Thread thread = Thread.ofPlatform().name("merge").daemon().unstarted(this::run);

    Merger(Timeline timeline, Map<ChunkId, LiveChunk> chunks, StepWatch watch) {
        this.timeline = timeline;
        this.chunks = chunks;
        this.watch = watch;
    }

    void start() {
        thread.start();
    }

    /** There is something to merge, or a chunk more. */
    void wake() {
        due.release();
    }

    private void run() {
        try {
            while (true) {
                due.acquire();
                due.drainPermits();
                mergeAll();
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private void mergeAll() {
        for (LiveChunk chunk : chunks.values()) {
            try {
                chunk.merge(timeline.pinHead(), watch);
            } catch (RuntimeException | Error defect) {
                if (Thread.currentThread().isInterrupted()) {
                    // Closing stopped it; the chunk is let go.
                    return;
                }
                log.error("Chunk {} stays behind until the next delta comes", chunk.id(), defect);
            }
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
