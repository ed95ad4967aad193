package org.morphogen.node.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.chunk.ChunkMemory;
import org.morphogen.node.chunk.ChunkReader;
import org.morphogen.node.chunk.ChunkRows;
import org.morphogen.snapshot.Sha256;

/** Rows in a GPU's memory: what is put in comes out, and differences are XORed in. Closing checks that nothing is left. */
@Tag("gpu")
@NeedsTestGpus
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class GpuRowsTest {
    private static final long SEED = Long.getLong("morphogen.seed", 20261125);
    /** What a range is read between, to see that no byte beside it changes. */
    private static final int MARGIN = 3;

    private final Random random = new Random(SEED);
    private TestGpus gpus;

    @TempDir
    private Path folder;

    /** A chunk on a GPU, and the same rows in an array. */
    private static final class Chunk implements AutoCloseable {
        private final ChunkMemory memory;
        private final byte[] plain;

        Chunk(ChunkMemory memory, byte[] plain) {
            this.memory = memory;
            this.plain = plain;
        }

        ChunkRows rows() {
            return memory.rows();
        }

        byte[] read(int firstRow, int count) {
            byte[] found = new byte[count * rows().rowBytes()];
            rows().read(firstRow, count, found, 0);
            return found;
        }

        void assertHolds(String what) {
            assertThat(Arrays.equals(read(0, rows().rows()), plain)).as(what).isTrue();
        }

        @Override
        public void close() {
            memory.release();
        }
    }

    /** Differences, in the order in which they are given. */
    private static final class Changes {
        private final int[] rows;
        private final byte[] diffs;

        Changes(int[] rows, byte[] diffs) {
            this.rows = rows;
            this.diffs = diffs;
        }

        void giveTo(ChunkRows chunk) {
            int rowBytes = chunk.rowBytes();
            chunk.xor(each -> {
                for (int i = 0; i < rows.length; i++) {
                    each.diff(rows[i], diffs, i * rowBytes);
                }
            });
        }

        void giveTo(byte[] plain) {
            int rowBytes = rows.length == 0 ? 0 : diffs.length / rows.length;
            for (int i = 0; i < diffs.length; i++) {
                plain[rows[i / rowBytes] * rowBytes + i % rowBytes] ^= diffs[i];
            }
        }
    }

    @BeforeEach
    void open() {
        gpus = TestGpus.open(1);
    }

    @AfterEach
    void close() {
        gpus.close();
    }

    private Chunk chunk(int rowBytes, int rows) {
        byte[] plain = new byte[rowBytes * rows];
        random.nextBytes(plain);
        return new Chunk(Subject.loaded(gpus.memory(), rowBytes, rows, plain), plain);
    }

    private Changes changes(int rowBytes, int... rows) {
        byte[] diffs = new byte[rows.length * rowBytes];
        random.nextBytes(diffs);
        return new Changes(rows, diffs);
    }

    @Test
    void whatIsWrittenIsRead() {
        for (int rowBytes : new int[] {16, 48, 272}) {
            for (int rows : new int[] {128, 256, 384, 1024 + 128}) {
                assertIsRead(rowBytes, rows);
            }
        }
        assertIsRead(4096, 128);
    }

    @Test
    @Tag("long")
    void manyWideRowsAreRead() {
        assertIsRead(1024, 2048 + 128);
        assertIsRead(4096, 1024 + 128);
        assertIsRead(32 << 10, 256 + 128);
    }

    private void assertIsRead(int rowBytes, int rows) {
        try (Chunk chunk = chunk(rowBytes, rows)) {
            assertThat(chunk.rows().rowBytes()).isEqualTo(rowBytes);
            assertThat(chunk.rows().rows()).isEqualTo(rows);
            chunk.assertHolds(rows + " rows of " + rowBytes + " bytes");
        }
    }

    /** Rows of 16 bytes of which more than a staging half is read at once. */
    @Test
    void moreRowsThanPassThroughAtOnce() {
        int rows = Staging.HALF_BYTES / 16 + 128;
        try (Chunk chunk = chunk(16, rows)) {
            assertThat(chunk.read(17, rows - 100))
                    .isEqualTo(Arrays.copyOfRange(chunk.plain, 17 * 16, (rows - 83) * 16));
        }
    }

    @Test
    void rowsThatNobodyWroteAreZeros() {
        ChunkMemory memory = ChunkMemory.allocate(48, 1024 + 128, gpus.memory());
        try (Chunk chunk = new Chunk(memory, new byte[48 * (1024 + 128)])) {
            chunk.assertHolds("zeros");
        }
    }

    @Test
    void anyRangeIsReadAndNoByteBesideIt() {
        try (Chunk chunk = chunk(80, 1024 + 384)) {
            for (int i = 0; i < 60; i++) {
                int first = random.nextInt(chunk.rows().rows());
                int count = random.nextInt(Math.min(200, chunk.rows().rows() - first) + 1);
                byte[] into = new byte[count * 80 + 2 * MARGIN];
                random.nextBytes(into);
                byte[] expected = into.clone();
                System.arraycopy(chunk.plain, first * 80, expected, MARGIN, count * 80);

                chunk.rows().read(first, count, into, MARGIN);

                assertThat(into)
                        .as("seed %d: %d rows from %d", SEED, count, first)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void differencesAreXoredIn() {
        for (int rowBytes : new int[] {16, 48, 1008}) {
            assertIsXoredIn(rowBytes, 256 + 128, 40);
        }
    }

    @Test
    @Tag("long")
    void differencesAreXoredIntoWideRows() {
        assertIsXoredIn(32 << 10, 128, 10);
    }

    private void assertIsXoredIn(int rowBytes, int rows, int entries) {
        try (Chunk chunk = chunk(rowBytes, rows)) {
            Changes scattered = changes(rowBytes, random.ints(entries, 0, rows).toArray());
            Changes oneGroup = changes(rowBytes, random.ints(entries, 64, 96).toArray());
            Changes oneRow = changes(rowBytes, 100, 100, 100, 7, 7);
            Changes ends = changes(rowBytes, 0, rows - 1);
            for (Changes each : List.of(scattered, oneGroup, oneRow, ends, changes(rowBytes))) {
                each.giveTo(chunk.rows());
                each.giveTo(chunk.plain);
            }
            chunk.assertHolds("seed " + SEED + ": rows of " + rowBytes + " bytes");
        }
    }

    @Test
    void theSameDifferencesTwiceUndoThemselves() {
        try (Chunk chunk = chunk(64, 512)) {
            Changes all = changes(64, random.ints(300, 0, 512).toArray());
            all.giveTo(chunk.rows());
            assertThat(chunk.read(0, 512)).isNotEqualTo(chunk.plain);
            all.giveTo(chunk.rows());
            chunk.assertHolds("as before");
        }
    }

    @Test
    void moreDifferencesThanPassThroughAtOnce() {
        int rowBytes = 4096;
        int fit = Staging.HALF_BYTES / (rowBytes + Integer.BYTES);
        try (Chunk chunk = chunk(rowBytes, 128)) {
            for (int entries : new int[] {fit, fit + 1, 2 * fit + 5}) {
                Changes many = changes(rowBytes, random.ints(entries, 0, 128).toArray());
                many.giveTo(chunk.rows());
                many.giveTo(chunk.plain);
                chunk.assertHolds("seed " + SEED + ": " + entries + " entries");
            }
        }
    }

    /** More threads than there are buffers for; each has rows of its own, in words that others change too. */
    @Test
    void manyReadAndXorAtOnce() throws InterruptedException, ExecutionException {
        int threads = 7;
        int rows = 1024;
        try (Chunk one = chunk(48, rows);
                Chunk other = chunk(48, rows);
                ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> running = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                Random own = new Random(SEED + thread);
                int first = thread;
                running.add(executor.submit(() -> {
                    for (int round = 0; round < 15; round++) {
                        Chunk chunk = own.nextBoolean() ? one : other;
                        int row = first + threads * own.nextInt(rows / threads);
                        byte[] diff = new byte[48];
                        own.nextBytes(diff);
                        new Changes(new int[] {row}, diff).giveTo(chunk.rows());
                        new Changes(new int[] {row}, diff).giveTo(chunk.plain);
                        assertThat(chunk.read(row, 1))
                                .as("seed %d: row %d", SEED, row)
                                .isEqualTo(Arrays.copyOfRange(chunk.plain, row * 48, (row + 1) * 48));
                    }
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
            one.assertHolds("one");
            other.assertHolds("other");
        }
    }

    @Test
    void manyAreLoadedAtOnce() throws InterruptedException, ExecutionException {
        List<Future<Chunk>> loading = new ArrayList<>();
        List<byte[]> plains = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            byte[] plain = new byte[64 * 1152];
            random.nextBytes(plain);
            plains.add(plain);
        }
        try (ExecutorService executor = Executors.newFixedThreadPool(12)) {
            for (byte[] plain : plains) {
                loading.add(executor.submit(() -> new Chunk(Subject.loaded(gpus.memory(), 64, 1152, plain), plain)));
            }
        }
        for (Future<Chunk> each : loading) {
            try (Chunk chunk = each.get()) {
                chunk.assertHolds("loaded beside others");
            }
        }
        assertThat(gpus.memory().budget().usedBytes()).isZero();
    }

    @Test
    void whatIsNotWrittenToTheEndCanBeFreed() {
        for (int pieces : new int[] {0, 1, 3}) {
            ChunkMemory memory = ChunkMemory.allocate(1024, 4096, gpus.memory());
            for (int piece = 0; piece < pieces; piece++) {
                memory.rows().write(MemorySegment.ofArray(new byte[1024 * 1024]), piece * 1024);
            }
            memory.release();
        }
        assertThat(gpus.memory().budget().usedBytes()).isZero();
    }

    @Test
    void aFileIsReadAsItIsOnDisk() throws IOException {
        byte[] plain = new byte[48 * (2048 + 384)];
        random.nextBytes(plain);
        Path file = Files.write(folder.resolve("0.rows"), plain);

        try (Chunk chunk = new Chunk(ChunkReader.read(file, 48, 2048 + 384, Sha256.of(plain), gpus.memory()), plain)) {
            chunk.assertHolds("the file");
        }

        assertThatThrownBy(() -> ChunkReader.read(file, 48, 2048 + 384, "00".repeat(32), gpus.memory()))
                .isInstanceOfSatisfying(
                        MorphogenException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(FailureReason.SNAPSHOT_INVALID));
        assertThat(gpus.memory().budget().usedBytes()).isZero();
    }

    /** A merge that comes to nothing leaves the thread's buffers to others. */
    @Test
    void whatGivesDifferencesMayFail() {
        try (Chunk chunk = chunk(32, 256)) {
            for (int i = 0; i < 10; i++) {
                assertThatThrownBy(() -> chunk.rows().xor(each -> {
                            throw new IllegalStateException("no more");
                        }))
                        .hasMessage("no more");
            }
            chunk.assertHolds("as before");
            assertThat(chunk.rows().isLost()).isFalse();
        }
    }
}
