package org.morphogen.node.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.lang.foreign.MemorySegment;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.morphogen.dpf.DpfDomain;
import org.morphogen.dpf.DpfKey;
import org.morphogen.dpf.DpfKeyGenerator;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.chunk.ChunkLease;
import org.morphogen.node.chunk.ChunkMemory;

/** What a GPU has no memory for, or fails at once: it is told, nothing is taken, and the next try works. */
@NeedsHostGpu
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class GpuMemoryTest {
    private static final int OUT_OF_MEMORY = 2;
    private static final int NOT_SUPPORTED = 801;
    private static final int ROW_BYTES = 32;
    private static final int ROWS = 1024;
    private static final int CHUNK_BYTES = ROW_BYTES * ROWS;
    private static final DpfDomain DOMAIN = new DpfDomain(ROWS);

    private TestGpus gpus = TestGpus.open(1);

    @AfterEach
    void close() {
        gpus.close();
    }

    @Test
    void aGpuWithoutMemoryIsToldOfAndNothingIsTaken() {
        gpus.host().fail("cuMemAlloc", 1, OUT_OF_MEMORY);

        assertThatThrownBy(() -> allocate(ROWS))
                .hasMessageContaining(Integer.toString(CHUNK_BYTES))
                .isInstanceOfSatisfying(
                        MorphogenException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(FailureReason.CAPACITY_LACKING));

        assertNothingIsTaken();
        allocate(ROWS).release();
    }

    /** All that making room and its first buffers consists of. */
    @ParameterizedTest
    @CsvSource({
        "cuMemHostAlloc, 1",
        "cuMemAlloc, 2",
        "cuStreamCreateWithPriority, 1",
        "cuEventCreate, 1",
        "cuEventCreate, 2",
        "cuMemsetD8Async, 1",
        "cuStreamSynchronize, 1"
    })
    void whatMakingRoomFailsWithLeavesNothing(String call, int nth) {
        for (int result : new int[] {OUT_OF_MEMORY, NOT_SUPPORTED}) {
            gpus.host().fail(call, nth, result);

            Throwable failure = catchThrowable(() -> allocate(ROWS));

            if (result == OUT_OF_MEMORY) {
                assertThat(failure)
                        .isInstanceOfSatisfying(
                                MorphogenException.class,
                                told -> assertThat(told.reason()).isEqualTo(FailureReason.CAPACITY_LACKING));
            } else {
                assertThat(failure).isInstanceOf(CudaFailure.class).hasMessageContaining(call);
            }
            assertNothingIsTaken();
        }
        allocate(ROWS).release();
        assertThat(gpus.engine().fault()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "cuMemHostAlloc, 1",
        "cuMemAlloc, 1",
        "cuStreamCreateWithPriority, 1",
        "cuEventCreate, 1",
        "cuEventCreate, 2",
        "cuEventSynchronize, 1",
        "cuMemcpyHtoDAsync, 1",
        "cuLaunchKernel, 1",
        "cuEventRecord, 1",
        "cuStreamSynchronize, 1"
    })
    void whatLoadingFailsWithLeavesNothing(String call, int nth) {
        for (int i = 0; i < 20; i++) {
            ChunkMemory chunk = allocate(ROWS);
            gpus.host().fail(call, nth, NOT_SUPPORTED);
            assertThat(catchThrowable(() -> load(chunk))).isInstanceOf(CudaFailure.class);
            chunk.release();
        }
        assertThat(gpus.host().count("pinned-memory"))
                .as("what making room uses")
                .isEqualTo(1);
        assertThat(gpus.host().count("device-memory")).isEqualTo(1);
        assertThat(gpus.host().count("streams")).isEqualTo(1);
        assertThat(gpus.host().count("events")).isEqualTo(2);

        ChunkMemory chunk = allocate(ROWS);
        load(chunk);
        chunk.release();
        assertThat(gpus.engine().fault()).isEmpty();
    }

    private static void load(ChunkMemory chunk) {
        chunk.rows().write(MemorySegment.ofArray(new byte[CHUNK_BYTES]), 0);
        chunk.rows().written();
    }

    /** Its buffers, and all that it does with them. */
    @ParameterizedTest
    @CsvSource({
        "cuStreamCreateWithPriority, 1",
        "cuMemHostAlloc, 1",
        "cuMemHostAlloc, 2",
        "cuMemHostAlloc, 3",
        "cuMemAlloc, 1",
        "cuMemAlloc, 2",
        "cuMemAlloc, 3",
        "cuMemcpyHtoDAsync, 1",
        "cuMemsetD8Async, 1",
        "cuLaunchKernel, 1",
        "cuMemcpyDtoHAsync, 1",
        "cuStreamSynchronize, 1"
    })
    void whatAScanFailsWithLeavesNothing(String call, int nth) {
        Random random = new Random(1);
        try (Subject subject = new Subject(gpus, DOMAIN, ROW_BYTES, ROWS, 0, random)) {
            List<DpfKey> keys = keys(2);
            long[] before = taken();
            for (int i = 0; i < 20; i++) {
                gpus.host().fail(call, nth, NOT_SUPPORTED);
                assertThat(catchThrowable(() -> subject.found(keys, List.of()))).isInstanceOf(CudaFailure.class);
            }
            assertThat(taken()).isEqualTo(before);
            assertThat(gpus.host().complaint()).isEmpty();
            assertThat(subject.found(keys, List.of())).isEqualTo(subject.expected(keys, List.of()));
        }
        assertThat(gpus.engine().fault()).isEmpty();
    }

    /** Many keys of wide rows need more room for their sums than a scan has at first. */
    @ParameterizedTest
    @ValueSource(strings = {"cuMemHostAlloc", "cuMemAlloc", "cuMemFree", "cuMemFreeHost"})
    void whatRoomForSumsFailsWithLeavesNothing(String call) {
        Random random = new Random(1);
        DpfDomain domain = new DpfDomain(128);
        DpfKeyGenerator generator = new DpfKeyGenerator(new SecureRandom());
        List<DpfKey> keys = IntStream.range(0, 80)
                .mapToObj(row -> generator.generate(domain, row).of(0))
                .toList();
        try (Subject subject = new Subject(gpus, domain, 4096, 128, 0, random)) {
            long[] before = taken();
            assertThat(subject.found(keys.subList(0, 1), List.of()))
                    .isEqualTo(subject.expected(keys.subList(0, 1), List.of()));
            gpus.host().fail(call, 1, NOT_SUPPORTED);
            assertThat(catchThrowable(() -> subject.found(keys, List.of()))).isInstanceOf(CudaFailure.class);
            if (!call.startsWith("cuMemFree")) {
                assertThat(taken()).isEqualTo(before);
                assertThat(gpus.host().complaint()).isEmpty();
            }
            assertThat(subject.found(keys, List.of())).isEqualTo(subject.expected(keys, List.of()));
        } finally {
            if (call.startsWith("cuMemFree")) {
                leaveWhatCouldNotBeFreed();
            }
        }
    }

    /** What the driver did not take back is left; everything else must be gone. */
    private void leaveWhatCouldNotBeFreed() {
        gpus.engine().close();
        assertThat(gpus.host().count("leaks")).isEqualTo(1);
        gpus.host().close();
        gpus = TestGpus.open(1);
    }

    @Test
    void eachChunkLiesWhereLessIsUsed() {
        gpus.close();
        gpus = TestGpus.withRoom(2, 4 * CHUNK_BYTES);
        List<ChunkMemory> chunks = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            chunks.add(allocate(ROWS));
        }
        assertThat(chunks.stream().map(GpuMemoryTest::bank)).containsExactly(0, 1, 0, 1, 0, 1, 0, 1);
        assertLacking(ROWS, "limitBytes");

        chunks.remove(5).release();
        chunks.remove(3).release();
        chunks.add(allocate(ROWS));
        assertThat(bank(chunks.getLast())).as("where there is room").isEqualTo(1);
        chunks.remove(0).release();

        assertLacking(2 * ROWS, "roomBytes");
        chunks.forEach(ChunkMemory::release);
        assertThat(gpus.memory().budget().usedBytes()).isZero();
        ChunkMemory whole = allocate(4 * ROWS);
        assertLacking(5 * ROWS, "limitBytes");
        whole.release();
    }

    private void assertLacking(int rows, String fact) {
        long before = gpus.memory().budget().usedBytes();
        assertThatThrownBy(() -> allocate(rows))
                .hasMessageContaining("memory")
                .isInstanceOfSatisfying(MorphogenException.class, failure -> {
                    assertThat(failure.reason()).isEqualTo(FailureReason.CAPACITY_LACKING);
                    assertThat(failure.facts()).containsKey(fact);
                });
        assertThat(gpus.memory().budget().usedBytes()).isEqualTo(before);
    }

    @Test
    void whatLiesOnALostGpuCanBeLetGo() {
        ChunkMemory loaded = allocate(ROWS);
        load(loaded);
        ChunkMemory loading = allocate(ROWS);
        loading.rows().write(MemorySegment.ofArray(new byte[CHUNK_BYTES]), 0);

        gpus.host().lose(0, 999);
        assertThatThrownBy(() -> loaded.rows().read(0, 1, new byte[ROW_BYTES], 0))
                .isInstanceOf(CudaFailure.class);
        assertThat(loaded.rows().isLost()).isTrue();
        assertThat(gpus.engine().fault().orElseThrow()).contains("GPU 0").contains("999");
        loaded.release();
        loading.release();

        assertThat(gpus.memory().budget().usedBytes()).isZero();
    }

    /** Some differences are in, others not, and nobody knows which: such rows must not answer. */
    @Test
    void rowsOfWhichPartIsMergedAreLost() {
        int rowBytes = 4096;
        int fit = Staging.HALF_BYTES / rowBytes;
        ChunkMemory chunk = Subject.loaded(gpus.memory(), rowBytes, 128, new byte[rowBytes * 128]);
        ChunkMemory other = Subject.loaded(gpus.memory(), rowBytes, 128, new byte[rowBytes * 128]);
        gpus.host().fail("cuLaunchKernel", 2, NOT_SUPPORTED);

        assertThatThrownBy(() -> merge(chunk, 2 * fit)).isInstanceOf(CudaFailure.class);

        assertThat(chunk.rows().isLost()).isTrue();
        assertThat(other.rows().isLost()).isFalse();
        assertThat(gpus.engine().fault().orElseThrow()).contains("GPU 0").contains("801");
        chunk.release();
        assertThat(gpus.engine().fault()).as("once they are gone").isEmpty();
        other.release();
    }

    @Test
    void rowsThatNothingIsMergedIntoAreAsBefore() {
        ChunkMemory chunk = Subject.loaded(gpus.memory(), ROW_BYTES, ROWS, new byte[CHUNK_BYTES]);
        for (String call : List.of("cuMemcpyHtoDAsync", "cuLaunchKernel", "cuEventSynchronize")) {
            gpus.host().fail(call, 1, NOT_SUPPORTED);
            assertThatThrownBy(() -> merge(chunk, 5)).isInstanceOf(CudaFailure.class);
            byte[] found = new byte[CHUNK_BYTES];
            chunk.rows().read(0, ROWS, found, 0);
            assertThat(found).as(call).containsOnly(0);
            assertThat(chunk.rows().isLost()).isFalse();
            assertThat(gpus.engine().fault()).isEmpty();
        }
        chunk.release();
    }

    private static void merge(ChunkMemory chunk, int entries) {
        byte[] diff = new byte[chunk.rows().rowBytes()];
        diff[0] = 1;
        chunk.rows().xor(each -> {
            for (int i = 0; i < entries; i++) {
                each.diff(i % chunk.rows().rows(), diff, 0);
            }
        });
    }

    private ChunkMemory allocate(int rows) {
        return ChunkMemory.allocate(ROW_BYTES, rows, gpus.memory());
    }

    private static int bank(ChunkMemory chunk) {
        try (ChunkLease lease = chunk.lease().orElseThrow()) {
            return lease.bank();
        }
    }

    private static List<DpfKey> keys(int count) {
        DpfKeyGenerator generator = new DpfKeyGenerator(new SecureRandom());
        return IntStream.range(0, count)
                .mapToObj(row -> generator.generate(DOMAIN, row).of(0))
                .toList();
    }

    private long[] taken() {
        return new long[] {
            gpus.host().count("device-memory"),
            gpus.host().count("pinned-memory"),
            gpus.host().count("streams"),
            gpus.host().count("events")
        };
    }

    private void assertNothingIsTaken() {
        assertThat(taken()).containsOnly(0);
        assertThat(gpus.memory().budget().usedBytes()).isZero();
        assertThat(gpus.host().complaint()).isEmpty();
    }
}
