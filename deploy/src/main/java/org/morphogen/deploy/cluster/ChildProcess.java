package org.morphogen.deploy.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/**
 * One server started through the launcher, its output in a log file. It ends with this JVM, however that ends: by a
 * shutdown hook of whoever owns it, and by itself when it sees that its owner is gone.
 */
public final class ChildProcess {
    private static final int GRACE_SECONDS = 10;
    private static final int TAIL_LINES = 15;

    private final String name;
    private final Path log;
    private final Process process;

    private ChildProcess(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    /** Starts {@code morphogen ARGUMENTS}; output is appended to {@code log}. */
    public static ChildProcess start(Path launcher, String name, Path log, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(launcher.toString());
        command.addAll(arguments);
        command.add("--exit-with=" + ProcessHandle.current().pid());
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().put("MORPHOGEN_NO_BUILD", "1");
        builder.environment().put("MORPHOGEN_JAVA_HOME", System.getProperty("java.home"));
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            return new ChildProcess(name, log, process);
        } catch (IOException failed) {
            throw new MorphogenException(
                    FailureReason.STORAGE_FAILED, "Cannot start " + name + " with " + launcher + ".", Map.of(), failed);
        }
    }

    /** What it is called in messages. */
    public String name() {
        return name;
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /** Whether it runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Throws UNAVAILABLE with the end of its log if it has ended. */
    public void requireAlive() {
        if (!process.isAlive()) {
            throw new MorphogenException(
                    FailureReason.UNAVAILABLE,
                    name + " ended with code " + process.exitValue() + ". The end of " + log + ":\n" + tail());
        }
    }

    /** Asks it to end; it has some seconds before it is killed. */
    public void stop() {
        process.destroy();
        awaitEnd();
    }

    /** Ends it at once, as a power cut would (SIGKILL). */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Asks it to end without waiting; {@link #stop} waits. */
    void requestStop() {
        process.destroy();
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private String tail() {
        try {
            List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size())) + "\n";
        } catch (IOException unreadable) {
            return "(unreadable)\n";
        }
    }
}
