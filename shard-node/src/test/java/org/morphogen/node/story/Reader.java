package org.morphogen.node.story;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.morphogen.epoch.Epoch;
import org.morphogen.node.chunk.ChunkLease;
import org.morphogen.node.epoch.LiveChunk;
import org.morphogen.node.epoch.Timeline;
import org.morphogen.row.Bytes32;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.Sha256;

/** Reads rows and digests at some epoch, at once or after it has kept the epoch for a while. */
final class Reader {
    private static final int LONGEST_PAUSE_NANOS = 300_000;
    private static final int LONGEST_KEEPING_NANOS = 2_000_000;
    private static final int MOST_ROWS = 48;

    private final Story story;
    private final Life life;
    private final SplittableRandom random;

    Reader(Story story, Life life, SplittableRandom random) {
        this.story = story;
        this.life = life;
        this.random = random;
    }

    void run() throws InterruptedException {
        while (!life.isOver()) {
            story.schedule().sleep(random.nextInt(LONGEST_PAUSE_NANOS));
            Optional<Timeline.Pin> pinned = story.pin(life, story.truth().some(random));
            if (pinned.isPresent()) {
                try (Timeline.Pin pin = pinned.get()) {
                    if (random.nextInt(4) == 0) {
                        story.schedule().sleep(random.nextInt(LONGEST_KEEPING_NANOS));
                    }
                    read(pin);
                }
            }
        }
    }

    private void read(Timeline.Pin pin) {
        List<ChunkId> ids = story.truth().snapshot().chunkIds();
        ChunkId id = ids.get(random.nextInt(ids.size()));
        if (random.nextInt(3) == 0) {
            digest(id, pin);
        } else {
            life.chunk(id).ifPresent(chunk -> rows(chunk, pin));
        }
    }

    private void digest(ChunkId id, Timeline.Pin pin) {
        Optional<Bytes32> found = life.keeper().digest(id, pin.epoch());
        if (found.isPresent() && !life.isKilled()) {
            Epoch epoch = pin.epoch().epoch();
            if (!found.get().hex().equals(Sha256.of(story.truth().chunk(epoch, id)))) {
                throw new AssertionError("digest of " + id + " at " + epoch);
            }
            story.count("digest");
        }
    }

    private void rows(LiveChunk chunk, Timeline.Pin pin) {
        Optional<ChunkLease> held = chunk.lease();
        if (held.isEmpty()) {
            story.requireLeft(life, chunk);
            return;
        }
        int rowBytes = chunk.geometry().rowBytes();
        int rows = (int) (chunk.bytes() / rowBytes);
        int first = random.nextInt(rows);
        int count = 1 + random.nextInt(Math.min(MOST_ROWS, rows - first));
        byte[] found = new byte[count * rowBytes];
        try (ChunkLease lease = held.get()) {
            chunk.read(lease.rows(), first, count, pin.epoch(), found);
        }
        if (!life.isKilled()) {
            Epoch epoch = pin.epoch().epoch();
            byte[] all = story.truth().chunk(epoch, chunk.id());
            if (!Arrays.equals(all, first * rowBytes, (first + count) * rowBytes, found, 0, found.length)) {
                throw new AssertionError("rows of " + chunk.id() + " at " + epoch);
            }
            story.count("rows");
        }
    }
}
