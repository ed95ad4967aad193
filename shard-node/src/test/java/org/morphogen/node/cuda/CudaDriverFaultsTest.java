package org.morphogen.node.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a GPU does not do is told, once by the call that it concerns or for ever. */
@NeedsHostGpu
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CudaDriverFaultsTest {
    private static final int NOT_SUPPORTED = 801;
    private static final int INVALID_VALUE = 1;
    private static final int ILLEGAL_ADDRESS = 700;
    private static final int LAUNCH_FAILED = 719;

    private HostGpu gpus;
    private CudaDriver gpu;
    private long memory;
    private long stream;
    private long event;
    private MemorySegment pinned;

    @BeforeEach
    void open() {
        gpus = HostGpu.with(1, 1 << 20);
        gpu = CudaDriver.open(0, Probes.module());
        memory = gpu.allocate(64);
        stream = gpu.newStream();
        event = gpu.newEvent();
        pinned = gpu.allocatePinned(64);
    }

    @AfterEach
    void close() {
        gpus.resume();
        gpu.close();
        assertThat(gpus.count("contexts")).isZero();
        assertThat(gpus.count("device-memory")).isZero();
        gpus.close();
    }

    /** A call of the driver and how to have it made. */
    record Step(String function, String call, Consumer<CudaDriverFaultsTest> make) {}

    static Stream<Arguments> calls() {
        return Stream.of(
                        step("cuCtxSetCurrent", test -> test.gpu.freeBytes()),
                        step("cuMemGetInfo", test -> test.gpu.freeBytes()),
                        step("cuMemAlloc", test -> test.gpu.allocate(8)),
                        step("cuMemFree", test -> test.gpu.free(test.memory)),
                        step("cuMemHostAlloc", test -> test.gpu.allocatePinned(8)),
                        step("cuMemFreeHost", test -> test.gpu.freePinned(test.pinned)),
                        step("cuStreamCreateWithPriority", test -> test.gpu.newStream()),
                        step("cuStreamDestroy", test -> test.gpu.closeStream(test.stream)),
                        step("cuStreamSynchronize", test -> test.gpu.await(test.stream)),
                        step("cuMemcpyHtoDAsync", test -> test.gpu.copyToDevice(test.memory, test.pinned, test.stream)),
                        step("cuMemcpyDtoHAsync", test -> test.gpu.copyToHost(test.pinned, test.memory, test.stream)),
                        step(
                                "cuMemcpyDtoDAsync",
                                test -> test.gpu.copyOnDevice(test.memory, test.memory + 32, 32, test.stream)),
                        step("cuMemsetD8Async", test -> test.gpu.zero(test.memory, 8, test.stream)),
                        step(
                                "cuLaunchKernel",
                                "cuLaunchKernel: CUDA_ERROR_NOT_SUPPORTED (801): kernel probe_xor",
                                test -> Probes.xor(test.gpu, test.memory, 1, 1, test.stream)),
                        step(
                                "cuModuleGetFunction",
                                "cuModuleGetFunction: CUDA_ERROR_NOT_SUPPORTED (801): kernel probe_xor",
                                test -> test.gpu.registers(Probes.XOR)),
                        step("cuFuncGetAttribute", test -> test.gpu.localBytes(Probes.XOR)),
                        step("cuFuncSetAttribute", test -> test.gpu.blocksPerMultiprocessor(Probes.XOR, 256, 64 << 10)),
                        step(
                                "cuOccupancyMaxActiveBlocksPerMultiprocessor",
                                test -> test.gpu.blocksPerMultiprocessor(Probes.XOR, 256, 0)),
                        step("cuEventCreate", test -> test.gpu.newEvent()),
                        step("cuEventDestroy", test -> test.gpu.closeEvent(test.event)),
                        step("cuEventRecord", test -> test.gpu.record(test.event, test.stream)),
                        step("cuEventSynchronize", test -> test.gpu.awaitEvent(test.event)),
                        step("cuStreamWaitEvent", test -> test.gpu.streamWaitsFor(test.stream, test.event)),
                        step("cuEventElapsedTime", test -> test.gpu.elapsedMillis(test.event, test.event)),
                        step("cuModuleUnload", test -> test.gpu.close()),
                        step("cuDevicePrimaryCtxRetain", test -> CudaDriver.open(0, Probes.module())),
                        step("cuModuleLoadDataEx", test -> CudaDriver.open(0, Probes.module())),
                        step("cuDeviceGet", test -> CudaDriver.open(0, Probes.module())),
                        step("cuInit", test -> CudaDriver.open(0, Probes.module())))
                .map(step -> Arguments.of(Named.of(step.function(), step)));
    }

    private static Step step(String function, Consumer<CudaDriverFaultsTest> make) {
        return step(function, function + ": CUDA_ERROR_NOT_SUPPORTED (801)", make);
    }

    private static Step step(String function, String text, Consumer<CudaDriverFaultsTest> make) {
        return new Step(function, text, make);
    }

    @ParameterizedTest
    @MethodSource("calls")
    void everyFailureIsTold(Step step) {
        gpus.fail(step.function(), 1, NOT_SUPPORTED);

        CudaFailure failure =
                catchThrowableOfType(CudaFailure.class, () -> step.make().accept(this));

        assertThat(failure).hasMessage(step.call());
        assertThat(failure.result()).isEqualTo(NOT_SUPPORTED);
        assertThat(gpu.fatalFailure()).isEmpty();
        assertThat(gpus.complaint()).isEmpty();
        if (!step.function().equals("cuModuleUnload")) {
            gpu.zero(memory, 8, gpu.newStream());
        }
    }

    @Test
    void theNthCallFails() {
        gpus.fail("cuMemAlloc", 3, 2);
        gpu.allocate(8);
        gpu.allocate(8);
        CudaFailure failure = catchThrowableOfType(CudaFailure.class, () -> gpu.allocate(8));
        assertThat(failure.isOutOfMemory()).isTrue();
        gpu.allocate(8);
    }

    @Test
    void tooLittleMemoryIsNoEnd() {
        CudaFailure failure = catchThrowableOfType(CudaFailure.class, () -> gpu.allocate(1 << 20));

        assertThat(failure).hasMessage("cuMemAlloc: CUDA_ERROR_OUT_OF_MEMORY (2)");
        assertThat(failure.isOutOfMemory()).isTrue();
        assertThat(failure.isFatal()).isFalse();
        gpu.allocate((1 << 20) - 64);
        assertThat(gpu.freeBytes()).isZero();
    }

    @Test
    void aKernelThatFailsEndsTheGpu() {
        gpu.launch(Probes.FAIL, 1, 1, 1, 0, stream, MemorySegment.ofArray(new long[1]));

        endsTheGpu(() -> gpu.await(stream), LAUNCH_FAILED, "CUDA_ERROR_LAUNCH_FAILED");
        assertThat(gpus.complaint()).isEqualTo("probe_fail: the probe fails as it was told to");
    }

    @Test
    void aCopyThatFailsEndsTheGpu() {
        gpus.fail("execute", 2, 214);
        gpu.zero(memory, 8, stream);
        gpu.await(stream);
        gpu.zero(memory, 8, stream);

        endsTheGpu(() -> gpu.await(stream), 214, "CUDA_ERROR_ECC_UNCORRECTABLE");
    }

    @Test
    void aLostGpuEnds() {
        gpus.lose(0, 46);
        endsTheGpu(() -> gpu.freeBytes(), 46, "CUDA_ERROR_DEVICE_UNAVAILABLE");
    }

    @Test
    void thoseWhoWaitAreTold() {
        gpus.pause();
        gpu.zero(memory, 8, stream);
        gpus.lose(0, 999);
        gpus.resume();
        endsTheGpu(() -> gpu.await(stream), 999, "CUDA_ERROR_UNKNOWN");
    }

    @Test
    void anErrorThatNobodyKnowsEndsTheGpu() {
        gpus.fail("cuMemGetInfo", 1, 7777);
        CudaFailure failure = catchThrowableOfType(CudaFailure.class, () -> gpu.freeBytes());
        assertThat(failure).hasMessage("cuMemGetInfo: unknown to JCuda (7777)");
        assertThat(gpu.fatalFailure()).isPresent();
    }

    private void endsTheGpu(ThrowingCallable call, int result, String name) {
        CudaFailure failure = catchThrowableOfType(CudaFailure.class, call);
        assertThat(failure.result()).isEqualTo(result);
        assertThat(failure).hasMessageContaining(name);
        assertThat(failure.isFatal()).isTrue();
        assertThat(gpu.fatalFailure()).isPresent();
        assertThat(catchThrowableOfType(CudaFailure.class, () -> gpu.allocate(8))
                        .result())
                .isEqualTo(result);
        assertThatCode(gpu::close).doesNotThrowAnyException();
    }

    @Test
    void whatIsNoPinnedMemoryIsRefused() {
        assertThatThrownBy(() -> gpu.copyToDevice(memory, MemorySegment.ofArray(new long[1]), stream))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("pinned memory alone");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pageable = arena.allocate(8);
            refused(() -> gpu.copyToDevice(memory, pageable, stream), "host memory that was not allocated pinned");
            refused(() -> gpu.copyToHost(pageable, memory, stream), "host memory that was not allocated pinned");
            refused(() -> gpu.freePinned(pageable), "what is freed was never allocated");
        }
    }

    @Test
    void whatLiesBesideAnAllocationIsRefused() {
        String beside = "a range that no allocation of this device holds";
        refused(() -> gpu.copyToDevice(memory + 1, pinned, stream), beside);
        refused(() -> gpu.copyToHost(pinned, memory - 1, stream), beside);
        refused(() -> gpu.copyOnDevice(memory + 32, memory, 33, stream), beside);
        refused(() -> gpu.copyOnDevice(memory + 16, memory, 32, stream), "a copy between ranges that overlap");
        refused(() -> gpu.zero(memory, 65, stream), beside);
        gpu.free(memory);
        refused(() -> gpu.zero(memory, 8, stream), beside);
        refused(() -> gpu.free(memory), "memory is freed twice");
    }

    @Test
    void pinnedMemoryStaysWhileItIsCopied() {
        gpus.pause();
        gpu.copyToDevice(memory, pinned, stream);
        refused(() -> gpu.freePinned(pinned), "pinned memory is freed while it is being copied");
        gpus.resume();
        gpu.await(stream);
        gpu.freePinned(pinned);
        refused(() -> gpu.copyToDevice(memory, pinned, stream), "host memory that was not allocated pinned");
    }

    @Test
    void aKernelThatWritesBehindItsMemoryIsFound() {
        Probes.xor(gpu, memory, 9, 1, stream);
        endsTheGpu(() -> gpu.await(stream), ILLEGAL_ADDRESS, "CUDA_ERROR_ILLEGAL_ADDRESS");
        assertThat(gpus.complaint()).isEqualTo("something wrote behind an allocation of 64 bytes");
    }

    @Test
    void aKernelThatIsGivenFreedMemoryIsFound() {
        gpu.free(memory);
        Probes.xor(gpu, memory, 1, 1, stream);
        endsTheGpu(() -> gpu.await(stream), ILLEGAL_ADDRESS, "CUDA_ERROR_ILLEGAL_ADDRESS");
        assertThat(gpus.complaint()).isEqualTo("a kernel is given memory that was freed");
    }

    @Test
    void launchesThatNoGpuTakesAreRefused() {
        MemorySegment struct = Probes.xor(memory, 1, 1);
        String size = "a grid or a block of a size that no device takes";
        refused(() -> gpu.launch(Probes.XOR, 0, 1, 32, 0, stream, struct), size);
        refused(() -> gpu.launch(Probes.XOR, 1, 65_536, 32, 0, stream, struct), size);
        refused(() -> gpu.launch(Probes.XOR, 1, 1, 1025, 0, stream, struct), size);
        refused(
                () -> gpu.launch(Probes.XOR, 1, 1, 32, 228 << 10, stream, struct),
                "more shared memory than a block can have");
        refused(
                () -> gpu.launch(Probes.XOR, 1, 1, 32, 0, stream, struct.asSlice(0, 16)),
                "probe_xor takes 24 bytes of parameters, not 16");
        assertThatThrownBy(() -> gpu.launch(Probes.XOR, 1, 1, 32, 0, stream, MemorySegment.ofArray(new byte[4097])))
                .hasMessage("a kernel takes at most 4096 bytes of parameters");
        assertThatThrownBy(() -> gpu.launch("probe_none", 1, 1, 32, 0, stream, struct))
                .hasMessage("cuModuleGetFunction: CUDA_ERROR_NOT_FOUND (500): kernel probe_none");
        assertThat(gpu.fatalFailure()).isEmpty();
        assertThat(gpus.count("launches")).isZero();
    }

    private void refused(ThrowingCallable call, String complaint) {
        CudaFailure failure = catchThrowableOfType(CudaFailure.class, call);
        assertThat(failure.result()).isEqualTo(INVALID_VALUE);
        assertThat(failure.isFatal()).isFalse();
        assertThat(gpus.complaint()).isEqualTo(complaint);
    }
}
