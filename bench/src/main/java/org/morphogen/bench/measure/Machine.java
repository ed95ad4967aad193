package org.morphogen.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What a result was measured on. */
public record Machine(String processor, int processors, String memory, String hugePages, String jdk) {
    private static final String UNKNOWN = "unknown";

    /** This one. */
    public static Machine here() {
        return new Machine(
                entry(Path.of("/proc/cpuinfo"), "model name"),
                Runtime.getRuntime().availableProcessors(),
                entry(Path.of("/proc/meminfo"), "MemTotal"),
                firstLine(Path.of("/sys/kernel/mm/transparent_hugepage/enabled")),
                System.getProperty("java.vm.vendor") + " " + Runtime.version());
    }

    private static String entry(Path file, String name) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(UNKNOWN);
        } catch (IOException notLinux) {
            return UNKNOWN;
        }
    }

    private static String firstLine(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException notLinux) {
            return UNKNOWN;
        }
    }
}
