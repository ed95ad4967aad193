package org.morphogen.coordinator.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.morphogen.coordinator.building.BuildListener;

/** Tells a person how a build goes on: a progress bar for each stage on a terminal, failed placements always. */
final class BuildProgress implements BuildListener, AutoCloseable {
    private static final int UPDATE_MILLIS = 200;
    private static final long UNKNOWN = -1;

    private final PrintWriter err;
    private final boolean terminal;
    private String task = "";
    private Optional<ProgressBar> bar = Optional.empty();

    BuildProgress(PrintWriter err, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
    }

    /** With bars where a person looks at this process. */
    static BuildProgress onConsole(PrintWriter err) {
        return new BuildProgress(
                err,
                Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false));
    }

    @Override
    public void progress(String table, Stage stage, long done, long of) {
        if (!terminal) {
            return;
        }
        String now = stage.text() + " " + table;
        if (!now.equals(task)) {
            close();
            task = now;
            bar = Optional.of(new ProgressBarBuilder()
                    .setTaskName(now)
                    .setInitialMax(of == 0 ? UNKNOWN : of)
                    .setUpdateIntervalMillis(UPDATE_MILLIS)
                    .setStyle(ProgressBarStyle.ASCII)
                    .build());
        }
        bar.ifPresent(drawn -> drawn.stepTo(done));
    }

    @Override
    public void placementFailed(String table, int attempt) {
        close();
        err.println("The keys of " + table + " did not fit with seeds " + attempt + "; trying the next ones.");
        err.flush();
    }

    /** Ends the bar that is drawn. */
    @Override
    public void close() {
        bar.ifPresent(ProgressBar::close);
        bar = Optional.empty();
        task = "";
    }
}
