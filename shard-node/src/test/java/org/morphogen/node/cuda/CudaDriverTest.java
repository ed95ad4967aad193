package org.morphogen.node.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a GPU is told to do is done, in its order. */
@NeedsHostGpu
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CudaDriverTest {
    private static final long BYTES = 64L << 20;

    private HostGpu gpus;
    private CudaDriver gpu;

    @BeforeEach
    void open() {
        gpus = HostGpu.with(2, BYTES);
        gpu = CudaDriver.open(0, Probes.module());
    }

    @AfterEach
    void nothingIsLeft() {
        gpus.resume();
        gpu.close();
        gpus.assertNothingIsLeft();
        gpus.close();
    }

    @Test
    void bytesGoThereAndBack() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        MemorySegment here = gpu.allocatePinned(4096);
        MemorySegment back = gpu.allocatePinned(4096);
        Probes.fill(here, new SplittableRandom(seed));
        long there = gpu.allocate(4096);
        long copy = gpu.allocate(4096);
        long stream = gpu.newStream();

        gpu.copyToDevice(there, here, stream);
        gpu.copyOnDevice(copy, there, 4096, stream);
        gpu.zero(copy + 1000, 96, stream);
        gpu.copyToHost(back, copy, stream);
        gpu.await(stream);

        here.asSlice(1000, 96).fill((byte) 0);
        assertThat(back.mismatch(here)).isEqualTo(-1);
        assertThat(gpus.count("bytes-to-device")).isEqualTo(4096);
        assertThat(gpus.count("bytes-to-host")).isEqualTo(4096);
        assertThat(gpus.count("bytes-on-device")).isEqualTo(4096);
        gpu.free(there);
        gpu.free(copy);
        gpu.freePinned(here);
        gpu.freePinned(back);
        gpu.closeStream(stream);
    }

    @Test
    void partsOfMemoryAreCopied() {
        MemorySegment here = gpu.allocatePinned(64);
        long there = gpu.allocate(64);
        long stream = gpu.newStream();
        for (int i = 0; i < 64; i++) {
            here.set(ValueLayout.JAVA_BYTE, i, (byte) i);
        }

        gpu.copyToDevice(there + 8, here.asSlice(16, 24), stream);
        gpu.copyToHost(here.asSlice(40, 8), there + 10, stream);
        gpu.await(stream);

        assertThat(here.asSlice(40, 8).toArray(ValueLayout.JAVA_BYTE)).containsExactly(18, 19, 20, 21, 22, 23, 24, 25);
        gpu.free(there);
        gpu.freePinned(here);
        gpu.closeStream(stream);
    }

    @Test
    void callersDoNotWaitForWork() {
        MemorySegment here = gpu.allocatePinned(8);
        long there = gpu.allocate(8);
        long stream = gpu.newStream();
        gpus.pause();

        gpu.copyToDevice(there, here, stream);
        Probes.xor(gpu, there, 1, 0xff, stream);
        gpu.copyToHost(here, there, stream);
        here.set(ValueLayout.JAVA_LONG, 0, 0x1200);
        assertThat(gpus.count("launches")).isZero();
        gpus.resume();
        gpu.await(stream);

        assertThat(Probes.word(here, 0)).isEqualTo(0x12ff);
        assertThat(gpus.count("launches")).isEqualTo(1);
        gpu.free(there);
        gpu.freePinned(here);
        gpu.closeStream(stream);
    }

    @Test
    void kernelsTakeAStructFromTheHeapOrNot() {
        MemorySegment here = gpu.allocatePinned(16);
        here.setAtIndex(ValueLayout.JAVA_LONG, 0, 5);
        here.setAtIndex(ValueLayout.JAVA_LONG, 1, 6);
        long there = gpu.allocate(16);
        long stream = gpu.newStream();
        gpu.copyToDevice(there, here, stream);

        try (Arena arena = Arena.ofConfined()) {
            gpu.launch(Probes.XOR, 1, 1, 32, 0, stream, Probes.xor(there, 2, 0x100));
            // Taken when it was launched: what happens to it afterwards does not matter.
            MemorySegment struct = Probes.offHeap(arena, Probes.xor(there, 1, 0x2000));
            gpu.launch(Probes.XOR, 65_536, 65_535, 1024, 200 << 10, stream, struct);
            struct.fill((byte) -1);
        }
        gpu.copyToHost(here, there, stream);
        gpu.await(stream);

        assertThat(Probes.word(here, 0)).isEqualTo(0x2105);
        assertThat(Probes.word(here, 1)).isEqualTo(0x106);
        assertThat(gpus.count("launches " + Probes.XOR)).isEqualTo(2);
        gpu.free(there);
        gpu.freePinned(here);
        gpu.closeStream(stream);
    }

    @Test
    void theKernelsThatNodesRunAreRun() throws IOException {
        byte[] ptx;
        try (InputStream resource = CudaDriver.class.getResourceAsStream("kernels.ptx")) {
            ptx = resource == null ? new byte[0] : resource.readAllBytes();
        }
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        int rows = 512;
        int rowWords = 4;
        int bytes = rows * rowWords * 4;
        try (CudaDriver node = CudaDriver.open(1, ptx)) {
            MemorySegment plain = node.allocatePinned(bytes);
            MemorySegment back = node.allocatePinned(bytes);
            Probes.fill(plain, new SplittableRandom(seed));
            long there = node.allocate(bytes);
            long sliced = node.allocate(bytes);
            long stream = node.newStream();
            MemorySegment struct = MemorySegment.ofArray(new long[] {sliced, there, 0, rows | ((long) rowWords << 32)});

            node.copyToDevice(there, plain, stream);
            node.launch("slice_rows", 2, 1, 256, 0, stream, struct);
            node.copyToHost(back, sliced, stream);
            node.await(stream);
            assertThat(back.mismatch(plain)).isNotEqualTo(-1);
            node.zero(there, bytes, stream);
            node.launch("plain_rows", 2, 1, 256, 0, stream, struct);
            node.copyToHost(back, there, stream);
            node.await(stream);

            assertThat(back.mismatch(plain)).isEqualTo(-1);
            node.free(there);
            node.free(sliced);
            node.freePinned(plain);
            node.freePinned(back);
            node.closeStream(stream);
        }
    }

    @Test
    void memoryIsCounted() {
        assertThat(gpu.freeBytes()).isEqualTo(BYTES);
        long address = gpu.allocate(1 << 20);
        assertThat(address % 256).isZero();
        assertThat(gpu.freeBytes()).isEqualTo(BYTES - (1 << 20));
        gpu.free(address);
        assertThat(gpu.freeBytes()).isEqualTo(BYTES);
    }

    @Test
    void tellsHowAKernelWasCompiled() {
        assertThat(gpu.registers(Probes.XOR)).isEqualTo(64);
        assertThat(gpu.localBytes(Probes.XOR)).isZero();
        assertThat(gpu.blocksPerMultiprocessor(Probes.XOR, 256, 0)).isEqualTo(4);
        assertThat(gpu.blocksPerMultiprocessor(Probes.XOR, 256, 100 << 10)).isEqualTo(2);
    }

    @Test
    void oneStreamWaitsForAnother() {
        int words = 1 << 15;
        int times = 63;
        MemorySegment back = gpu.allocatePinned(words * 8L);
        long there = gpu.allocate(words * 8L);
        long first = gpu.newStream();
        long second = gpu.newStream();
        long done = gpu.newEvent();
        gpus.pause();
        gpu.zero(there, words * 8L, first);
        for (int i = 0; i < times; i++) {
            Probes.xor(gpu, there, words, 1L << i, first);
        }
        gpu.record(done, first);

        gpu.streamWaitsFor(second, done);
        gpu.copyToHost(back, there, second);
        gpus.resume();
        gpu.await(second);

        assertThat(gpus.count("launches")).isEqualTo(times);
        assertThat(Probes.word(back, words - 1)).isEqualTo(Long.MAX_VALUE);
        gpu.closeEvent(done);
        gpu.closeStream(first);
        gpu.closeStream(second);
        gpu.free(there);
        gpu.freePinned(back);
    }

    @Test
    void eventsTellTheTimeBetweenThem() {
        long there = gpu.allocate(1 << 20);
        long stream = gpu.newStream();
        long begin = gpu.newEvent();
        long end = gpu.newEvent();
        gpu.awaitEvent(begin);
        gpus.pause();
        gpu.record(begin, stream);
        gpu.zero(there, 1 << 20, stream);
        gpu.record(end, stream);

        CudaFailure early = catchThrowableOfType(CudaFailure.class, () -> gpu.elapsedMillis(begin, end));
        assertThat(early).hasMessage("cuEventElapsedTime: CUDA_ERROR_NOT_READY (600)");
        assertThat(early.isFatal()).isFalse();
        gpus.resume();
        gpu.awaitEvent(end);

        assertThat(gpu.elapsedMillis(begin, end)).isPositive();
        gpu.closeEvent(begin);
        gpu.closeEvent(end);
        gpu.closeStream(stream);
        gpu.free(there);
    }

    @Test
    void aClosedStreamStillDoesWhatItWasTold() {
        MemorySegment back = gpu.allocatePinned(8);
        long there = gpu.allocate(8);
        long stream = gpu.newStream();
        gpus.pause();
        gpu.zero(there, 8, stream);
        gpu.closeStream(stream);
        gpus.resume();
        long other = gpu.newStream();
        // Freeing waits for all streams, so does this.
        gpu.free(gpu.allocate(8));
        gpu.copyToHost(back, there, other);
        gpu.await(other);

        assertThat(Probes.word(back, 0)).isZero();
        assertThatThrownBy(() -> gpu.await(stream)).hasMessage("stream " + stream + " is not open");
        assertThatThrownBy(() -> gpu.closeStream(stream)).hasMessage("stream " + stream + " is not open");
        gpu.closeStream(other);
        gpu.free(there);
        gpu.freePinned(back);
    }

    @Test
    void anyThreadMayCall() throws InterruptedException, ExecutionException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        SplittableRandom seeds = new SplittableRandom(seed);
        CudaDriver other = CudaDriver.open(1, Probes.module());
        try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
            List<Callable<Boolean>> tasks = new ArrayList<>();
            for (int thread = 0; thread < 6; thread++) {
                SplittableRandom random = seeds.split();
                tasks.add(() -> roundTrips(gpu, other, random));
            }
            for (Future<Boolean> done : threads.invokeAll(tasks)) {
                assertThat(done.get()).isTrue();
            }
        }
        other.close();
    }

    /** On one GPU and the other in turns, so that each call must name its own. */
    private static boolean roundTrips(CudaDriver one, CudaDriver other, SplittableRandom random) {
        boolean right = true;
        for (int round = 0; round < 40; round++) {
            CudaDriver gpu = random.nextBoolean() ? one : other;
            int words = 1 + random.nextInt(500);
            long constant = random.nextLong();
            MemorySegment memory = gpu.allocatePinned(words * 8L);
            Probes.fill(memory, random);
            long last = Probes.word(memory, words - 1);
            long there = gpu.allocate(words * 8L);
            long stream = gpu.newStream();
            gpu.copyToDevice(there, memory, stream);
            Probes.xor(gpu, there, words, constant, stream);
            gpu.copyToHost(memory, there, stream);
            gpu.await(stream);
            right &= Probes.word(memory, words - 1) == (last ^ constant);
            gpu.closeStream(stream);
            gpu.free(there);
            gpu.freePinned(memory);
        }
        return right;
    }

    /** One that has to wait goes on upon another thread of the system, whose GPU may be another. */
    @Test
    void virtualThreadsKeepToTheirGpus() throws InterruptedException, ExecutionException {
        for (int round = 0; round < 60; round++) {
            // What is found once and kept, and waited for, is found anew.
            try (CudaDriver one = CudaDriver.open(0, Probes.module());
                    CudaDriver other = CudaDriver.open(1, Probes.module());
                    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> all = new ArrayList<>();
                for (int thread = 0; thread < 12; thread++) {
                    CudaDriver own = thread % 2 == 0 ? one : other;
                    all.add(threads.submit(() -> launches(own)));
                }
                for (Future<?> each : all) {
                    each.get();
                }
            }
        }
    }

    private static void launches(CudaDriver gpu) {
        long memory = gpu.allocate(8);
        long stream = gpu.newStream();
        for (int sharedBytes = 64 << 10; sharedBytes < 80 << 10; sharedBytes += 1 << 10) {
            gpu.launch(Probes.XOR, 1, 1, 32, sharedBytes, stream, Probes.xor(memory, 1, 1));
        }
        gpu.await(stream);
        gpu.closeStream(stream);
        gpu.free(memory);
    }

    @Test
    void isClosedOnce() {
        gpu.close();
        gpu.close();
        assertThatThrownBy(gpu::freeBytes).isInstanceOf(IllegalStateException.class);
        assertThat(gpus.count("contexts")).isZero();
    }

    @Test
    void twoMayUseOneGpu() {
        CudaDriver second = CudaDriver.open(0, Probes.module());
        gpu.close();
        long address = second.allocate(100);
        second.free(address);
        second.close();
    }

    @Test
    void closingFreesTheRest() {
        gpu.allocate(100);
        gpu.allocatePinned(100);
        gpu.newStream();
        gpu.newEvent();

        gpu.close();

        assertThat(gpus.count("leaks")).isEqualTo(4);
        assertThat(gpus.count("device-memory")).isZero();
        gpus.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 2})
    void aGpuThatIsNotThereIsRefused(int index) {
        assertThatThrownBy(() -> CudaDriver.open(index, Probes.module()))
                .hasMessage("cuDeviceGet: CUDA_ERROR_INVALID_DEVICE (101)");
    }

    @Test
    void aModuleThatDoesNotCompileIsRefusedWithTheCompilersWords() {
        assertThatThrownBy(() -> CudaDriver.open(1, "no PTX".getBytes(StandardCharsets.UTF_8)))
                .hasMessage("cuModuleLoadDataEx: CUDA_ERROR_INVALID_PTX (218):"
                        + " ptxas application ptx input, line 1; fatal   : Missing .version directive");
        assertThat(gpus.complaint()).isNotEmpty();
        byte[] tooNew = ".version 9.1".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> CudaDriver.open(1, tooNew))
                .hasMessage("cuModuleLoadDataEx: CUDA_ERROR_UNSUPPORTED_PTX_VERSION (222)");
    }
}
