package org.morphogen.node.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DurableFileTest {
    private static final int WRITERS = 4;
    private static final int WRITES = 50;

    @TempDir
    private Path folder;

    @Test
    void writersOfTheSameFileDoNotDisturbOneAnother() throws Exception {
        Path file = folder.resolve("held.json");
        List<Future<?>> writers = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(WRITERS)) {
            for (int writer = 0; writer < WRITERS; writer++) {
                byte[] bytes = String.valueOf(writer).repeat(100_000).getBytes(StandardCharsets.UTF_8);
                writers.add(threads.submit(() -> {
                    for (int i = 0; i < WRITES; i++) {
                        DurableFile.write(file, bytes);
                    }
                    return null;
                }));
            }
        }
        for (Future<?> writer : writers) {
            writer.get();
        }
        assertThat(Files.readString(file)).hasSize(100_000).containsPattern("^(\\d)\\1*$");
    }

    @Test
    void foldersOfGenerationsAreNamedAlikeInEveryLocale() {
        Locale before = Locale.getDefault();
        try (DataDirectory directory = DataDirectory.open(folder)) {
            Locale.setDefault(Locale.forLanguageTag("ar-EG"));
            directory.generation(12).create();

            assertThat(folder.resolve("generations/0000000012")).isDirectory();
            assertThat(directory.generations()).containsExactly(12L);
        } finally {
            Locale.setDefault(before);
        }
    }
}
