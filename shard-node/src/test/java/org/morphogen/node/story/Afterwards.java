package org.morphogen.node.story;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.morphogen.epoch.Epoch;
import org.morphogen.node.epoch.EpochSettings;
import org.morphogen.node.epoch.LiveChunk;
import org.morphogen.node.epoch.LiveSegment;
import org.morphogen.node.epoch.Timeline;
import org.morphogen.row.Bytes32;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.Sha256;

/** What must be so when nobody does anything any more. */
final class Afterwards {
    /** Beyond what it must keep: a file that is needed for its end, and what records have around their entries. */
    private static final long LOG_SLACK = 128 << 10;

    private final Story story;
    private final Life life;
    private final EpochSettings settings;

    Afterwards(Story story, Life life, EpochSettings settings) {
        this.story = story;
        this.life = life;
        this.settings = settings;
    }

    /** @param leader who can still tell of blocks */
    void check(Leader leader) throws InterruptedException {
        Timeline epochs = life.keeper().epochs();
        require(epochs.head().epoch().equals(story.truth().head()), "the head is another");
        for (LiveChunk chunk : life.chunks()) {
            requireMerged(chunk);
            story.truth().window().forEach(epoch -> requireExact(chunk.id(), epoch));
        }
        requireShortLog();
        int told = 0;
        while (told <= settings.windowEpochs() + 1) {
            told += leader.append() ? 1 : 0;
        }
        story.sleepUntilAllIsDone();
        for (Epoch behind : story.truth().forgotten()) {
            require(epochs.pin(behind.digest()).isEmpty(), "somebody still has " + behind);
        }
    }

    private void requireShortLog() {
        boolean complete = life.chunks().size() == life.wished().size();
        long needed = story.loggedSince(story.truth().window().getFirst().number());
        require(
                !complete || logBytes() <= needed + Math.max(settings.logBytes(), LOG_SLACK),
                "the log has " + logBytes() + " bytes, " + needed + " of which are needed");
    }

    private long logBytes() {
        try (Stream<Path> files = Files.list(life.path())) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private void requireMerged(LiveChunk chunk) {
        int segments = chunk.geometry().usedSegments(chunk.bytes());
        for (int index = 0; index < segments; index++) {
            LiveSegment segment = chunk.segment(index);
            long stamp = segment.startReading();
            boolean merged = segment.standsAt(life.keeper().epochs().head());
            segment.stopReading(stamp);
            require(merged, "segment " + index + " of " + chunk.id() + " was not merged");
        }
    }

    private void requireExact(ChunkId id, Epoch epoch) {
        try (Timeline.Pin pin = life.keeper().epochs().pin(epoch.number(), epoch.mark())) {
            Bytes32 found = life.keeper().digest(id, pin.epoch()).orElseThrow();
            require(found.hex().equals(Sha256.of(story.truth().chunk(epoch, id))), id + " differs at " + epoch);
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
