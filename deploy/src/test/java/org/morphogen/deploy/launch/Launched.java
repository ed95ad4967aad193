package org.morphogen.deploy.launch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.morphogen.deploy.TestLauncher;

/**
 * A run of the launcher as a user's shell would do it.
 *
 * @param code exit code
 * @param out standard output
 * @param err standard error
 */
record Launched(int code, String out, String err) {
    private static final int TIMEOUT_SECONDS = 150;

    /** Runs {@code morphogen ARGUMENTS} to its end. */
    static Launched run(Path folder, Map<String, String> environment, String... arguments) throws Exception {
        Path out = Files.createTempFile(folder, "out", ".txt");
        Path err = Files.createTempFile(folder, "err", ".txt");
        Process process = start(environment, out, err, arguments);
        if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("morphogen " + String.join(" ", arguments) + " did not end");
        }
        return new Launched(process.exitValue(), read(out), read(err));
    }

    /** Starts {@code morphogen ARGUMENTS}. */
    static Process start(Map<String, String> environment, Path out, Path err, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(TestLauncher.path().toString());
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put("MORPHOGEN_NO_BUILD", "1");
        builder.environment().put("MORPHOGEN_JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }
}
