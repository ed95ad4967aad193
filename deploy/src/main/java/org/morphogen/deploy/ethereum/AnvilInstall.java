package org.morphogen.deploy.ethereum;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/**
 * Has npm install anvil of one version. npm takes it from wherever it is set up to; what it installs has the hash that
 * stands in this program's package-lock.json, for the platforms that it has one for. All files lie in the folder given.
 * One thread installs; any may close.
 */
public final class AnvilInstall implements AutoCloseable {
    /** What is installed. */
    public static final String PACKAGE = "@foundry-rs/anvil 1.7.1";

    private static final List<String> DESCRIPTION = List.of("package.json", "package-lock.json");
    private static final String FETCH_TIMEOUT = "--fetch-timeout=10000";

    private final String npm;
    private @Nullable Process running;
    private boolean closed;

    /** @param npm the command */
    public AnvilInstall(String npm) {
        this.npm = npm;
    }

    /**
     * Installs it, and gives the program's file. Fails with UNAVAILABLE, telling why in the message, when there is no npm,
     * when npm cannot install it, or when it takes too long.
     *
     * @param folder of its own, not there yet
     */
    public Path install(Path folder, Duration most) {
        try {
            Files.createDirectories(folder);
            for (String name : DESCRIPTION) {
                try (InputStream in = AnvilInstall.class.getResourceAsStream(name)) {
                    if (in == null) {
                        throw new IOException("this program lacks its own file " + name);
                    }
                    Files.copy(in, folder.resolve(name));
                }
            }
            run(folder, most);
            return program(folder);
        } catch (IOException failed) {
            throw new MorphogenException(
                    FailureReason.STORAGE_FAILED, "Cannot write into " + folder + ".", Map.of(), failed);
        }
    }

    private void run(Path folder, Duration most) throws IOException {
        Path log = folder.resolve("npm.log");
        Process process = start(new ProcessBuilder(
                        npm,
                        "ci",
                        "--ignore-scripts",
                        "--no-audit",
                        "--no-fund",
                        "--no-update-notifier",
                        "--loglevel=error",
                        "--fetch-retries=0",
                        FETCH_TIMEOUT,
                        "--cache=" + folder.resolve("cache"))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile()));
        try {
            if (!process.waitFor(most.toMillis(), TimeUnit.MILLISECONDS)) {
                throw unavailable("npm did not install " + PACKAGE + " within " + most.toSeconds() + " s");
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw unavailable("the installation was interrupted");
        } finally {
            end(process);
        }
        if (process.exitValue() != 0) {
            throw unavailable("npm cannot install " + PACKAGE + ": " + firstError(log));
        }
    }

    private synchronized Process start(ProcessBuilder command) {
        if (closed) {
            throw unavailable("the installation was stopped");
        }
        try {
            Process process = command.start();
            process.getOutputStream().close();
            running = process;
            return process;
        } catch (IOException absent) {
            throw unavailable("there is no npm");
        }
    }

    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    /** npm leaves out what has a wrong hash, or what there is none of for this platform. */
    private static Path program(Path folder) throws IOException {
        Path modules = folder.resolve("node_modules").resolve("@foundry-rs");
        if (Files.isDirectory(modules)) {
            try (DirectoryStream<Path> platforms = Files.newDirectoryStream(modules, "anvil-*")) {
                for (Path platform : platforms) {
                    Path program = platform.resolve("bin").resolve("anvil");
                    if (Files.isExecutable(program)) {
                        return program;
                    }
                }
            }
        }
        throw unavailable("npm has no " + PACKAGE + " for this platform");
    }

    private static String firstError(Path log) throws IOException {
        return Files.readAllLines(log, StandardCharsets.UTF_8).stream()
                .map(line -> line.replaceFirst("^npm (error|ERR!)", "").strip())
                .filter(line -> !line.isEmpty())
                .findFirst()
                .orElse("it says nothing");
    }

    private static MorphogenException unavailable(String why) {
        return new MorphogenException(FailureReason.UNAVAILABLE, why);
    }

    /** Ends an installation that is under way. */
    @Override
    public synchronized void close() {
        closed = true;
        if (running != null) {
            end(running);
        }
    }
}
