package org.morphogen.deploy.launch;

import org.morphogen.coordinator.cli.FailureHandler;
import picocli.CommandLine;

/** Where the {@code morphogen} launcher enters. */
public final class Main {
    private Main() {}

    /** Runs one command and exits with its code. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The whole command line, as the launcher and the tests use it. */
    static CommandLine commandLine() {
        return new CommandLine(new MorphogenCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(new FailureHandler());
    }
}
