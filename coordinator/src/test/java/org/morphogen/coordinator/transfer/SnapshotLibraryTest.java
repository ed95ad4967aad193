package org.morphogen.coordinator.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.coordinator.TestSnapshots;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.snapshot.SnapshotDirectory;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class SnapshotLibraryTest {
    @TempDir
    Path directory;

    @Test
    void aSnapshotThatWasReplacedInItsFolderIsNoLongerFound() {
        SnapshotDirectory before = TestSnapshots.write(directory, "first", 1);
        SnapshotLibrary library = new SnapshotLibrary(directory);
        assertThat(library.find(before.digest()).digest()).isEqualTo(before.digest());

        TestSnapshots.write(directory, "first", 2);

        MorphogenException unknown =
                catchThrowableOfType(MorphogenException.class, () -> library.find(before.digest()));
        assertThat(unknown).as("the files of another snapshot").isNotNull();
        assertThat(unknown.reason()).isEqualTo(FailureReason.SNAPSHOT_UNKNOWN);
    }
}
