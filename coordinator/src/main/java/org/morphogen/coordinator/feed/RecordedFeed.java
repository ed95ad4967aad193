package org.morphogen.coordinator.feed;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.morphogen.snapshot.BlockInfo;

/**
 * The blocks of a file, played from the first line to the last. A line is a JSON object with {@code number}, {@code
 * hash}, {@code parentHash}, {@code stateRoot}, {@code withdrawals} if there were any, {@code diffs}: what
 * prestateTracer tells of each transaction, {@code {pre, post}}, and {@code slots}, {@code {address: {slot: word}}}: words
 * after the block, zero where nothing is, whatever the diffs say of them. A line without {@code slots} knows none but
 * those of the diffs, so not what system calls wrote. Other fields are passed over.
 *
 * <p>A line whose parent is an earlier block is a reorganisation, and is played as one. Playing goes on after the last
 * line that holds the newest applied block. The file is taken as it is when opened: a line more needs a new feed. One
 * block at a time lies in memory. Not thread-safe.
 */
public final class RecordedFeed implements BlockFeed {
    private final RecordedBlocks blocks;
    /** The next line to play, if {@code tip} is the newest applied block. */
    private int cursor;

    private String tip = "";

    /**
     * Opens a file; a line that cannot be used is told when it is reached.
     *
     * @throws org.morphogen.failure.MorphogenException SETTINGS_INVALID if there is no such file
     */
    public RecordedFeed(Path file) {
        this.blocks = RecordedBlocks.open(file);
    }

    @Override
    public FeedStep next(List<BlockInfo> applied, Wanted wanted, Duration wait) throws InterruptedException {
        if (applied.isEmpty()) {
            throw new IllegalArgumentException("applied: must hold the newest block at least");
        }
        if (!tip.equals(applied.getLast().hash())) {
            Optional<FeedStep> lost = find(applied);
            if (lost.isPresent()) {
                return lost.get();
            }
        }
        for (; cursor < blocks.count(); cursor++) {
            Optional<FeedStep> step = play(applied, wanted);
            if (step.isPresent()) {
                return step.get();
            }
        }
        Thread.sleep(wait);
        return new FeedStep.Nothing();
    }

    @Override
    public void close() {
        blocks.close();
    }

    /** Plays the line at the cursor; empty if there is nothing to do for it. */
    private Optional<FeedStep> play(List<BlockInfo> applied, Wanted wanted) {
        BlockInfo last = applied.getLast();
        Optional<BlockHead> line = blocks.place(cursor);
        if (line.isEmpty() || line.get().block().hash().equals(last.hash())) {
            return Optional.empty();
        }
        BlockHead head = line.get();
        Optional<BlockInfo> parent =
                applied.stream().filter(b -> b.hash().equals(head.parentHash())).findFirst();
        if (parent.isEmpty()) {
            return Optional.of(
                    new FeedStep.TooDeep("line " + (cursor + 1) + " of the recorded blocks stands upon block "
                            + (head.block().number() - 1) + " " + head.parentHash()
                            + ", which is none of those that are applied and can be undone to"));
        }
        if (!head.isChildOf(parent.get())) {
            throw blocks.invalid(
                    cursor, "number: must be " + (parent.get().number() + 1) + ", one above its parent's", null);
        }
        return Optional.of(parent.get().equals(last) ? append(wanted) : undo(parent.get()));
    }

    private FeedStep append(Wanted wanted) {
        BlockChanges changes = wanted.of(blocks.changes(cursor).orElseThrow());
        cursor++;
        tip = changes.block().hash();
        return new FeedStep.Append(changes);
    }

    private FeedStep undo(BlockInfo to) {
        tip = to.hash();
        return new FeedStep.Undo(to);
    }

    /** Sets the cursor by the applied blocks; empty if the newest of them is in the file, or the parent of a line. */
    private Optional<FeedStep> find(List<BlockInfo> applied) {
        Map<String, Integer> afterBlock =
                afterBlocks(applied.stream().map(BlockInfo::hash).collect(Collectors.toSet()));
        for (BlockInfo block : applied.reversed()) {
            @Nullable Integer after = afterBlock.get(block.hash());
            if (after != null) {
                cursor = after;
                tip = block.hash();
                return block.equals(applied.getLast()) ? Optional.empty() : Optional.of(new FeedStep.Undo(block));
            }
        }
        return Optional.of(new FeedStep.TooDeep(
                "none of the applied blocks, " + applied.getFirst().number() + " to "
                        + applied.getLast().number() + ", is among the recorded ones, nor the parent of one"));
    }

    /** For each of these blocks that the file knows, the line to go on with. */
    private Map<String, Integer> afterBlocks(Set<String> wanted) {
        Map<String, Integer> after = new HashMap<>();
        for (int i = 0; i < blocks.count(); i++) {
            Optional<BlockHead> line = blocks.place(i);
            if (line.isPresent() && wanted.contains(line.get().block().hash())) {
                after.put(line.get().block().hash(), i + 1);
            }
            if (line.isPresent() && wanted.contains(line.get().parentHash())) {
                after.putIfAbsent(line.get().parentHash(), i);
            }
        }
        return after;
    }
}
