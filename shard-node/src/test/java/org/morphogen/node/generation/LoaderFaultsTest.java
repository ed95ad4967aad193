package org.morphogen.node.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.morphogen.node.fixture.Holder;
import org.morphogen.node.fixture.MadeSnapshot;
import org.morphogen.node.fixture.SnapshotServer;
import org.morphogen.node.fixture.TableSpec;
import org.morphogen.node.pull.DiskPartFile;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LoaderFaultsTest {
    private static final long MEMORY_BYTES = 1 << 20;

    @TempDir
    private Path folder;

    private MadeSnapshot snapshot;
    private SnapshotServer server;

    @BeforeEach
    void serveSnapshot() {
        snapshot = MadeSnapshot.make(folder.resolve("snapshot"), 4, new TableSpec("a", 32, 3, 640, 256));
        server = new SnapshotServer(snapshot.folder());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void goesOnAfterTheHeapWasTooSmallForAMoment() {
        AtomicInteger failures = new AtomicInteger(20);
        try (Holder node = new Holder(0, folder.resolve("node"), MEMORY_BYTES, path -> {
            if (failures.getAndDecrement() > 0) {
                throw new OutOfMemoryError("as a full heap does");
            }
            return DiskPartFile.open(path);
        })) {
            node.generations().hold(1, snapshot.wish(0, 1, server.endpoint()));

            node.awaitComplete(1);

            assertThat(node.progress(1).problem()).isEmpty();
            assertThat(node.budget().usedBytes()).isEqualTo(snapshot.bytes());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "\"chunks\" : [ null ]", "\"sources\" : [ null ]", "\"table\" : \"../../x\""})
    void aDamagedWishKeepsNeitherTheNodeNorOtherGenerationsFromStarting(String damage) throws IOException {
        try (Holder node = new Holder(0, folder.resolve("node"), MEMORY_BYTES)) {
            node.generations().hold(1, snapshot.wish(0, 1, server.endpoint()));
            node.generations().hold(1, snapshot.wish(0, 2, server.endpoint()));
            node.awaitComplete(1);
            node.awaitComplete(2);
        }
        Path wish = folder.resolve("node/generations/0000000001/held.json");
        Files.writeString(wish, damaged(Files.readString(wish), damage));

        try (Holder node = new Holder(0, folder.resolve("node"), MEMORY_BYTES)) {
            node.awaitComplete(2);
            assertThat(node.generations().numbers()).containsExactly(2L);
            node.generations().hold(1, snapshot.wish(0, 1, server.endpoint()));
            node.awaitComplete(1);
        }
    }

    @Test
    void nothingBeginsInAFolderThatWasGivenBack() {
        Holder node = new Holder(0, folder.resolve("node"), MEMORY_BYTES);
        node.generations().hold(1, snapshot.wish(0, 1, server.endpoint()));
        node.awaitComplete(1);
        node.close();

        assertThatThrownBy(() -> node.generations().hold(1, snapshot.wish(0, 2, server.endpoint())))
                .hasMessageContaining("stopping");
        assertThatThrownBy(() -> node.generations().drop(1, 0, 1)).hasMessageContaining("stopping");
        assertThat(node.generations().numbers()).isEmpty();
        assertThat(node.budget().usedBytes()).isZero();
        assertThat(folder.resolve("node/generations/0000000001/held.json")).exists();
        assertThat(folder.resolve("node/generations/0000000002")).doesNotExist();
    }

    @Test
    void aDamagedTermKeepsTheNodeFromNothing() throws IOException {
        Files.createDirectories(folder.resolve("node"));
        Files.writeString(folder.resolve("node/term.json"), "null");

        try (Holder node = new Holder(0, folder.resolve("node"), MEMORY_BYTES)) {
            node.generations().requireTerm(7);
            assertThatThrownBy(() -> node.generations().requireTerm(6)).hasMessageContaining("term");
        }
    }

    /** The whole file replaced, or the value of one field. */
    private static String damaged(String json, String damage) {
        if (!damage.contains(":")) {
            return damage;
        }
        String field = damage.substring(0, damage.indexOf(' '));
        String value = damage.substring(damage.indexOf(':') + 2);
        String changed =
                json.replaceFirst(field + ":(\\[[^\\]]*\\]|\"[^\"]*\")", field + ":" + value.replace("\\", ""));
        assertThat(changed).isNotEqualTo(json);
        return changed;
    }
}
