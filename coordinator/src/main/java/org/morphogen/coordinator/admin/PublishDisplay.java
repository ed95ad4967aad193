package org.morphogen.coordinator.admin;

import java.io.PrintWriter;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import org.morphogen.protocol.v1.PublishProgress;

/** Shows a publication's progress on standard error: a bar on a terminal, else one line a phase. For one thread. */
final class PublishDisplay implements AutoCloseable {
    private final PrintWriter err;
    private final boolean terminal;
    private String phase = "";
    private String note = "";
    private long firstBlock;
    private int tenthsTold;
    private @Nullable ProgressBar bar;

    PublishDisplay(PrintWriter err, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
    }

    void show(PublishProgress progress) {
        boolean newPhase = !progress.getPhase().equals(phase);
        phase = progress.getPhase();
        if (newPhase) {
            firstBlock = progress.getBlock();
        }
        if (terminal) {
            showBar(progress, newPhase);
        } else if (newPhase || !progress.getNote().equals(note) || isTenthMore(progress)) {
            err.println("generation " + progress.getGeneration() + " " + phase + counts(progress)
                    + (progress.getNote().isEmpty() ? "" : ": " + progress.getNote()));
            err.flush();
        }
        note = progress.getNote();
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }

    /** Whether so many blocks have been caught up since the last line that it is worth another. */
    private boolean isTenthMore(PublishProgress progress) {
        int tenths = (int) (10 * blocksDone(progress) / blocksWanted(progress));
        boolean more = progress.getTargetBlock() > 0 && tenths > tenthsTold;
        tenthsTold = Math.max(tenths, tenthsTold);
        return more;
    }

    private long blocksDone(PublishProgress progress) {
        return Math.max(0, progress.getBlock() - firstBlock);
    }

    private long blocksWanted(PublishProgress progress) {
        return Math.max(1, progress.getTargetBlock() - firstBlock);
    }

    private static String counts(PublishProgress progress) {
        if (progress.getTargetBlock() > 0) {
            return " (block " + progress.getBlock() + " of " + progress.getTargetBlock() + ")";
        }
        return progress.getChunksWanted() == 0
                ? ""
                : " (" + progress.getChunksReady() + "/" + progress.getChunksWanted() + ")";
    }

    private void showBar(PublishProgress progress, boolean newPhase) {
        boolean blocks = progress.getTargetBlock() > 0;
        long wanted = blocks ? blocksWanted(progress) : Math.max(1, progress.getChunksWanted());
        if (newPhase || bar == null) {
            close();
            bar = new ProgressBarBuilder()
                    .setTaskName(phase)
                    .setInitialMax(wanted)
                    .setStyle(ProgressBarStyle.ASCII)
                    .build();
        }
        bar.maxHint(wanted);
        bar.stepTo(blocks ? Math.min(wanted, blocksDone(progress)) : progress.getChunksReady());
        bar.setExtraMessage(progress.getNote());
    }
}
