package org.morphogen.node.cuda;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** NVIDIA's driver library and JCuda's binding to it, which is loaded once a process. */
final class DriverLibrary {
    private static final String DRIVER = "libcuda.so.1";
    private static final String TEMPORARY_FILES = "java.io.tmpdir";

    private static final Pattern ERROR = Pattern.compile("^[a-z.]+[A-Za-z]+(Error|Exception): ");
    private static final Logger log = LoggerFactory.getLogger(DriverLibrary.class);

    private static boolean loaded;
    /** The JVM tries to load a class once; why that failed is not told again. */
    private static Optional<String> unusable = Optional.empty();

    private DriverLibrary() {}

    /**
     * Why the driver cannot be called, in one sentence, or nothing once it can be. A driver that is missing is looked for
     * again at the next call.
     *
     * @param binding initialises JCuda's binding
     */
    static synchronized Optional<String> load(Runnable binding) {
        if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).equals("linux")
                || !System.getProperty("os.arch").equals("amd64")) {
            return Optional.of("the CUDA engine is for Linux on x86_64 alone.");
        }
        if (!DriverLibrary.class.getModule().isNativeAccessEnabled()) {
            return Optional.of("pass --enable-native-access=ALL-UNNAMED to the JVM.");
        }
        if (!hasDriver()) {
            return Optional.of("there is no NVIDIA driver (" + DRIVER + "); install one of CUDA 13.0 or newer.");
        }
        if (!loaded && unusable.isEmpty()) {
            unusable = tryToLoad(binding);
            loaded = unusable.isEmpty();
        }
        return unusable;
    }

    /** Asked first, so that JCuda is left alone where there is no driver. */
    @SuppressWarnings("restricted")
    private static boolean hasDriver() {
        try {
            SymbolLookup.libraryLookup(DRIVER, Arena.global());
            return true;
        } catch (IllegalArgumentException missing) {
            return false;
        }
    }

    private static Optional<String> tryToLoad(Runnable binding) {
        try {
            loadPrivately(binding);
            return Optional.empty();
        } catch (IOException | LinkageError failure) {
            return Optional.of("JCuda's binding to the NVIDIA driver cannot be loaded (" + cause(failure)
                    + "); see that files can be written to java.io.tmpdir and programs run from there.");
        }
    }

    /**
     * JCuda loads a file of fixed name in the folder for temporary files, and writes it only if it is not there: another
     * user could have put it there, another process could still be writing it. So it is given a folder of its own.
     */
    private static void loadPrivately(Runnable binding) throws IOException {
        String shared = System.getProperty(TEMPORARY_FILES);
        Path folder = Files.createTempDirectory("morphogen-");
        System.setProperty(TEMPORARY_FILES, folder.toString());
        try {
            binding.run();
        } finally {
            System.setProperty(TEMPORARY_FILES, shared);
            delete(folder);
        }
    }

    /** What cannot be deleted is left to whoever cleans temporary files: the binding is loaded all the same. */
    private static void delete(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException left) {
            log.debug("{} is left behind: {}", folder, left.getMessage());
        }
    }

    /** JCuda puts stack traces into its message; the last line that names an error says what was wrong. */
    private static String cause(Throwable failure) {
        return failure.toString()
                .lines()
                .map(String::strip)
                .filter(line -> ERROR.matcher(line).find())
                .reduce((first, last) -> last)
                .orElseGet(() ->
                        String.valueOf(failure.getMessage()).lines().findFirst().orElse(""));
    }
}
