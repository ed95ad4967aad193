package org.morphogen.coordinator.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** {@code morphogen snapshot} as a process of its own, and in this one with what it printed. */
final class SnapshotMain {
    private SnapshotMain() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** What a command did. */
    record Outcome(int exitCode, String out, String err) {}

    static Outcome run(Object... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] words = new String[args.length];
        for (int i = 0; i < args.length; i++) {
            words[i] = args[i].toString();
        }
        int exitCode = commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(words);
        return new Outcome(exitCode, out.toString(), err.toString());
    }

    private static CommandLine commandLine() {
        return new CommandLine(new SnapshotCommand()).setExecutionExceptionHandler(new FailureHandler());
    }
}
