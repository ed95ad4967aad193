package org.morphogen.coordinator.feed;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.snapshot.BlockInfo;

/**
 * Writes all that a feed gives, slots included, into a new file for {@link RecordedFeed}, reorganisations as they come.
 * After a failure the
 * file holds the whole blocks up to there.
 */
public final class BlockRecorder {
    private static final int WINDOW = 256;

    private final BlockFeed feed;
    private final Duration wait;
    private final Consumer<BlockInfo> recorded;

    /**
     * Records from a feed.
     *
     * @param wait how long to wait for each next block
     * @param recorded told of each block that is in the file
     */
    public BlockRecorder(BlockFeed feed, Duration wait, Consumer<BlockInfo> recorded) {
        this.feed = feed;
        this.wait = wait;
        this.recorded = recorded;
    }

    /**
     * Records the blocks after {@code base}, until one of number {@code upTo} is in the file or none comes in the time
     * to wait.
     *
     * @param file must not be there yet
     * @return the newest block of the recorded chain; {@code base} if there was none
     * @throws MorphogenException SETTINGS_INVALID if the file is there, STORAGE_FAILED if it cannot be written,
     *     UNAVAILABLE if the chain is reorganised deeper than 256 blocks, and whatever the feed throws
     */
    public BlockInfo record(BlockInfo base, long upTo, Path file) throws InterruptedException {
        try (OutputStream out = new BufferedOutputStream(
                Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
            return record(new ArrayList<>(List.of(base)), upTo, out);
        } catch (FileAlreadyExistsException there) {
            throw new MorphogenException(
                    FailureReason.SETTINGS_INVALID,
                    "recorded blocks: " + file + " is there already; name a file that is not.",
                    Map.of(),
                    there);
        } catch (IOException broken) {
            throw new MorphogenException(
                    FailureReason.STORAGE_FAILED, "recorded blocks: cannot write " + file + ".", Map.of(), broken);
        }
    }

    private BlockInfo record(List<BlockInfo> window, long upTo, OutputStream out)
            throws IOException, InterruptedException {
        while (window.getLast().number() < upTo) {
            switch (feed.next(window, Wanted.ACCOUNTS_AND_SLOTS, wait)) {
                case FeedStep.Append(BlockChanges changes) -> append(changes, window, out);
                case FeedStep.Undo(BlockInfo to) ->
                    window.subList(window.indexOf(to) + 1, window.size()).clear();
                case FeedStep.TooDeep(String why) ->
                    throw new MorphogenException(
                            FailureReason.UNAVAILABLE, "The recording cannot go on: " + why + ". Begin a new one.");
                case FeedStep.Nothing _ -> {
                    return window.getLast();
                }
            }
        }
        return window.getLast();
    }

    private void append(BlockChanges changes, List<BlockInfo> window, OutputStream out) throws IOException {
        try (JsonGenerator line = Json.FACTORY.createGenerator(out)) {
            line.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            ChangesWriter.write(line, changes);
            line.writeRaw('\n');
        }
        window.add(changes.block());
        if (window.size() > WINDOW) {
            window.removeFirst();
        }
        recorded.accept(changes.block());
    }
}
