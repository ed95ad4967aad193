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
    private @Nullable ProgressBar bar;

    PublishDisplay(PrintWriter err, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
    }

    void show(PublishProgress progress) {
        boolean newPhase = !progress.getPhase().equals(phase);
        phase = progress.getPhase();
        if (terminal) {
            showBar(progress, newPhase);
        } else if (newPhase || !progress.getNote().equals(note)) {
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

    private static String counts(PublishProgress progress) {
        return progress.getChunksWanted() == 0
                ? ""
                : " (" + progress.getChunksReady() + "/" + progress.getChunksWanted() + ")";
    }

    private void showBar(PublishProgress progress, boolean newPhase) {
        if (newPhase || bar == null) {
            close();
            bar = new ProgressBarBuilder()
                    .setTaskName(phase)
                    .setInitialMax(Math.max(1, progress.getChunksWanted()))
                    .setStyle(ProgressBarStyle.ASCII)
                    .build();
        }
        bar.maxHint(Math.max(1, progress.getChunksWanted()));
        bar.stepTo(progress.getChunksReady());
        bar.setExtraMessage(progress.getNote());
    }
}
