package org.morphogen.node.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.node.epoch.LiveChunk;
import org.morphogen.node.fixture.FullDisk;
import org.morphogen.node.fixture.Holder;
import org.morphogen.node.fixture.MadeSnapshot;
import org.morphogen.node.fixture.SmallDisk;
import org.morphogen.node.fixture.SnapshotServer;
import org.morphogen.node.fixture.TableSpec;
import org.morphogen.snapshot.ChunkId;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class FullDiskTest {
    private static final long MEMORY_BYTES = 16 << 20;

    @TempDir
    private Path folder;

    private MadeSnapshot small;
    private MadeSnapshot large;
    private SnapshotServer smallServer;
    private SnapshotServer largeServer;

    @BeforeEach
    void serveSnapshots() {
        small = MadeSnapshot.make(folder.resolve("small"), 5, new TableSpec("t", 16, 1, 128, 128));
        large = MadeSnapshot.make(folder.resolve("large"), 6, new TableSpec("t", 1024, 1, 2048, 1024));
        smallServer = new SnapshotServer(small.folder());
        largeServer = new SnapshotServer(large.folder());
    }

    @AfterEach
    void stop() {
        smallServer.close();
        largeServer.close();
    }

    @Test
    void goesOnServingTellsTheProblemAndEndsWellOnceThereIsRoom() throws IOException {
        FullDisk disk = new FullDisk(100_000);
        try (Holder node = new Holder(0, folder.resolve("node"), MEMORY_BYTES, disk)) {
            fillDisk(node);

            disk.makeRoom();

            node.awaitComplete(2);
        }
    }

    @Test
    void sameOnARealFileSystem() throws IOException, InterruptedException {
        Optional<SmallDisk> mounted = SmallDisk.mount(folder.resolve("disk"));
        assumeTrue(mounted.isPresent(), "mounting needs root");
        try (SmallDisk disk = mounted.get();
                Holder node = new Holder(0, folder.resolve("disk/node"), MEMORY_BYTES)) {
            fillDisk(node);

            disk.makeRoom();

            node.awaitComplete(2);
        }
    }

    /** Leaves generation 1 held and generation 2 stuck. */
    private void fillDisk(Holder node) throws IOException {
        node.generations().hold(1, small.wish(0, 1, smallServer.endpoint()));
        node.awaitComplete(1);
        node.generations().hold(1, large.wish(0, 2, largeServer.endpoint()));
        node.awaitProblem(2, "No space left on device");

        ChunkId first = large.chunkIds().getFirst();
        assertThat(node.progress(2).problem())
                .contains("bytes of " + node.directory().generation(2).path())
                .contains("Check the disk");
        assertThat(Files.size(node.directory().generation(2).partFile(first)))
                .as("the part file is kept")
                .isPositive();
        assertThat(node.progress(2).chunksReady()).isZero();
        node.generations()
                .find(1)
                .orElseThrow()
                .chunk(small.chunkIds().getFirst())
                .flatMap(LiveChunk::lease)
                .orElseThrow()
                .close();
        assertThat(node.progress(1).complete()).isTrue();
    }
}
