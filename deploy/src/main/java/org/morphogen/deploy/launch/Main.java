package org.morphogen.deploy.launch;

import org.morphogen.coordinator.cli.FailureHandler;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;

/** Where the {@code morphogen} launcher enters. */
public final class Main {
    private Main() {}

    /** Runs one command and exits with its code. */
    public static void main(String[] arguments) {
        bridgeLogs();
        System.exit(commandLine().execute(arguments));
    }

    /** What gRPC says through the JDK's logging goes where all other lines go, under the same settings. */
    public static void bridgeLogs() {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }

    /** The whole command line, as the launcher and the tests use it. */
    static CommandLine commandLine() {
        return new CommandLine(new MorphogenCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(new FailureHandler());
    }
}
