package org.morphogen.deploy.launch;

import java.nio.file.Files;
import java.nio.file.Path;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** What the commands that run a server share: the settings file, and ending in good order. */
final class ServerProcess {
    private static final Logger LOG = LoggerFactory.getLogger(ServerProcess.class);

    @Option(
            names = "--exit-with",
            hidden = true,
            description = "End when the process with this id ends: whoever started this server is gone.")
    private long ownerPid = -1;

    /** Runs until the process is asked to end; closes the server then. */
    void run(Termination termination, Runnable close) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> closeQuietly(close), "shutdown"));
        endWithOwner();
        try {
            termination.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void endWithOwner() {
        if (ownerPid < 0) {
            return;
        }
        ProcessHandle owner = ProcessHandle.of(ownerPid)
                .orElseThrow(() -> new MorphogenException(
                        FailureReason.SETTINGS_INVALID, "--exit-with: process " + ownerPid + " does not run."));
        var _ = owner.onExit().thenRun(() -> {
            LOG.info("The process that started this server has ended; ending too.");
            System.exit(0);
        });
    }

    private static void closeQuietly(Runnable close) {
        try {
            close.run();
        } catch (RuntimeException failed) {
            LOG.warn("Closing was not clean: {}", failed.toString());
        }
    }

    /** Returns once a server has ended. */
    @FunctionalInterface
    interface Termination {
        void await() throws InterruptedException;
    }

    /** The settings file of a server, or a failure that says that it is missing. */
    static Path requireFile(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new MorphogenException(
                    FailureReason.SETTINGS_INVALID, "There is no settings file " + file.toAbsolutePath() + ".");
        }
        return file;
    }
}
