package org.morphogen.coordinator.cli;

import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/**
 * Shows a failed command's message and advice on the error stream, never a stack trace, and gives the exit code. To be
 * set once, on the outermost command line. Stateless.
 */
public final class FailureHandler implements CommandLine.IExecutionExceptionHandler {
    private static final Logger log = LoggerFactory.getLogger(FailureHandler.class);

    /** The handler. */
    public FailureHandler() {}

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        log.debug("{} failed", command.getCommandName(), failure);
        MorphogenException told = failure instanceof MorphogenException known
                ? known
                : new MorphogenException(FailureReason.INTERNAL, "Unexpected failure: " + failure + ".");
        command.getErr().println(command.getColorScheme().errorText("error: " + told.explain()));
        command.getErr().flush();
        return ExitCode.of(told);
    }
}
