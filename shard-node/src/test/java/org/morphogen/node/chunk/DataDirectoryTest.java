package org.morphogen.node.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.snapshot.ChunkId;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class DataDirectoryTest {
    @TempDir
    private Path folder;

    @Test
    void isForOneNodeAtATime() {
        DataDirectory first = DataDirectory.open(folder.resolve("data"));

        assertThatThrownBy(() -> DataDirectory.open(folder.resolve("data")))
                .isInstanceOfSatisfying(
                        MorphogenException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(FailureReason.STORAGE_FAILED))
                .hasMessageContaining("in use by another node");
        first.close();
        DataDirectory.open(folder.resolve("data")).close();
    }

    @Test
    void listsGenerationFoldersAlone() throws IOException {
        try (DataDirectory directory = DataDirectory.open(folder)) {
            directory.generation(12).create();
            directory.generation(3).create();
            Files.createDirectories(folder.resolve("generations/lost+found"));

            assertThat(directory.generations()).containsExactly(3L, 12L);
        }
    }

    @Test
    void filesThatVanishWhileLeftoversAreRemovedAreNoFailure() throws InterruptedException {
        try (DataDirectory directory = DataDirectory.open(folder)) {
            GenerationFolder generation = directory.generation(1);
            List<ChunkId> wanted = IntStream.range(0, 20)
                    .mapToObj(index -> new ChunkId("accounts", 0, index))
                    .toList();
            AtomicBoolean over = new AtomicBoolean();
            Thread comesAndGoes = Thread.ofPlatform().start(() -> comeAndGo(generation, wanted, over));
            try {
                for (int i = 0; i < 1000; i++) {
                    generation.keepOnly(wanted, List.of());
                }
            } finally {
                over.set(true);
                comesAndGoes.join();
            }
        }
    }

    private static void comeAndGo(GenerationFolder generation, List<ChunkId> chunks, AtomicBoolean over) {
        try {
            while (!over.get()) {
                for (ChunkId chunk : chunks) {
                    Path file = generation.chunkFile(chunk);
                    Files.createDirectories(Objects.requireNonNull(file.getParent()));
                    Files.write(file, new byte[1]);
                }
                for (ChunkId chunk : chunks) {
                    Files.delete(generation.chunkFile(chunk));
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Test
    void generationFolderKeepsWantedChunksAndTheirParts() throws IOException {
        try (DataDirectory directory = DataDirectory.open(folder)) {
            GenerationFolder generation = directory.generation(1);
            ChunkId wanted = new ChunkId("accounts", 0, 0);
            ChunkId unwanted = new ChunkId("accounts", 1, 0);
            for (Path file : List.of(
                    generation.chunkFile(wanted),
                    generation.partFile(wanted),
                    generation.chunkFile(unwanted),
                    generation.partFile(unwanted),
                    generation.manifestFile())) {
                DurableFile.createFolders(Objects.requireNonNull(file.getParent()));
                Files.writeString(file, "x");
            }

            generation.keepOnly(List.of(wanted), List.of());

            assertThat(generation.chunkFile(wanted)).exists();
            assertThat(generation.partFile(wanted)).exists();
            assertThat(generation.manifestFile()).exists();
            assertThat(generation.chunkFile(unwanted)).doesNotExist();
            assertThat(generation.partFile(unwanted)).doesNotExist();
            generation.remove();
            assertThat(generation.path()).doesNotExist();
            generation.remove();
        }
    }

    @Test
    void durableFileReplacesTheOldOneWholly() throws IOException {
        Path file = folder.resolve("record");
        DurableFile.write(file, new byte[100]);
        DurableFile.write(file, new byte[] {1, 2});

        assertThat(file).hasBinaryContent(new byte[] {1, 2});
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }
}
