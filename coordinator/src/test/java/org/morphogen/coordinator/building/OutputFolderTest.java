package org.morphogen.coordinator.building;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class OutputFolderTest {
    @TempDir
    Path folder;

    @Test
    void appearsWholeAtTheEnd() throws IOException {
        Path target = folder.resolve("deep/er/snapshot");
        try (OutputFolder output = OutputFolder.begin(target)) {
            Files.writeString(output.working().resolve("file"), "x");
            assertThat(target).doesNotExist();
            output.publish();
        }
        assertThat(target.resolve("file")).hasContent("x");
        assertThat(Plans.names(folder.resolve("deep/er"))).containsExactly("snapshot");
    }

    /** Whoever may read what this user creates, may read a snapshot. */
    @Test
    void hasThePermissionsOfAnyNewFolder() throws IOException {
        Path target = folder.resolve("snapshot");
        try (OutputFolder output = OutputFolder.begin(target)) {
            output.publish();
        }
        Path plain = Files.createDirectory(folder.resolve("plain"));
        assertThat(Files.getPosixFilePermissions(target)).isEqualTo(Files.getPosixFilePermissions(plain));
    }

    @Test
    void leavesNothingWithoutPublishing() throws IOException {
        try (OutputFolder output = OutputFolder.begin(folder.resolve("snapshot"))) {
            Files.createDirectories(output.working().resolve("a/b"));
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void removesWhatADeadBuildLeftAndNothingElse() throws IOException {
        Files.createDirectories(folder.resolve("snapshot.building-123/accounts"));
        Files.writeString(folder.resolve("snapshot.building"), "");
        Files.createDirectories(folder.resolve("snapshot2.building-123"));
        Files.createDirectories(folder.resolve("snapshot-old"));
        Files.createDirectories(folder.resolve("snapshot.building-notes"));
        Path elsewhere = Files.createDirectories(folder.resolve("elsewhere/kept"));
        Files.createSymbolicLink(folder.resolve("snapshot.building-124"), elsewhere.resolveSibling("."));
        Files.createSymbolicLink(folder.resolve("snapshot.building-125"), folder.resolve("nowhere"));

        OutputFolder.begin(folder.resolve("snapshot")).close();

        assertThat(Plans.names(folder))
                .containsExactly("elsewhere", "snapshot-old", "snapshot.building-notes", "snapshot2.building-123");
        assertThat(elsewhere).exists();
    }

    @Test
    void aLinkToNowhereIsRefusedBeforeTheWork() throws IOException {
        Path target = folder.resolve("snapshot");
        Files.createSymbolicLink(target, folder.resolve("nowhere"));

        assertThatThrownBy(() -> OutputFolder.begin(target))
                .isInstanceOfSatisfying(
                        MorphogenException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(FailureReason.SETTINGS_INVALID));
    }

    @Test
    void secondBuildOfTheSameFolderIsRefusedWhileTheFirstRuns() throws IOException {
        Path target = folder.resolve("snapshot");
        try (OutputFolder first = OutputFolder.begin(target)) {
            assertThatThrownBy(() -> OutputFolder.begin(target))
                    .isInstanceOfSatisfying(
                            MorphogenException.class,
                            failure -> assertThat(failure.reason()).isEqualTo(FailureReason.CHANGE_IN_PROGRESS));
            assertThat(first.working()).exists();
            first.publish();
        }
        assertThat(target).exists();
    }
}
