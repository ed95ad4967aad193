package org.morphogen.bench.launch;

import org.morphogen.coordinator.cli.FailureHandler;
import picocli.CommandLine;

/** Where {@code morphogen bench} enters. */
public final class Main {
    private Main() {}

    /** Runs one benchmark and exits with its code. */
    public static void main(String[] arguments) {
        org.morphogen.deploy.launch.Main.bridgeLogs();
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new BenchCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(new FailureHandler());
    }
}
