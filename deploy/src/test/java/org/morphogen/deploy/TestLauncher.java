package org.morphogen.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** The launcher at the root of the checkout, its class archive made from the jars under test. */
public final class TestLauncher {
    private static final Path PATH = rehearsed();

    private TestLauncher() {}

    /** Where it lies. */
    public static Path path() {
        return PATH;
    }

    /** Without the archive everything works too, but each of many processes takes a second longer to start. */
    private static Path rehearsed() {
        Path launcher = Path.of("..", "morphogen").toAbsolutePath().normalize();
        try {
            ProcessBuilder rehearsal = new ProcessBuilder(launcher.toString(), "rehearse").inheritIO();
            rehearsal.environment().put("MORPHOGEN_JAVA_HOME", System.getProperty("java.home"));
            rehearsal.start().waitFor();
            return launcher;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
