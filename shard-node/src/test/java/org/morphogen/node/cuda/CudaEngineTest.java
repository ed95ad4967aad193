package org.morphogen.node.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.morphogen.node.chunk.ChunkMemory;
import org.morphogen.node.chunk.RowMemory;
import org.morphogen.node.engine.EngineFinding;
import org.morphogen.node.numa.Banks;

/** What an engine does with GPUs before it takes them, and after it has given them back. */
@NeedsHostGpu
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CudaEngineTest {
    private static final long GPU_BYTES = 1L << 30;

    @Test
    void takesGpusThatComputeRight() {
        try (HostGpu host = HostGpu.with(2, GPU_BYTES)) {
            EngineFinding finding = CudaEngine.find(1 << 20);
            assertThat(finding)
                    .isInstanceOfSatisfying(
                            EngineFinding.Runs.class, runs -> runs.engine().close());
            for (String kernel : new String[] {"scan_8", "scan_16", "scan_32", "scan_64", "correct"}) {
                assertThat(host.count("launches " + kernel)).as(kernel).isGreaterThanOrEqualTo(4);
            }
            assertThat(host.count("launches merge_rows")).isEqualTo(2);
            host.assertNothingIsLeft();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 8, 18})
    void leavesOneThatFails(int after) {
        try (HostGpu host = HostGpu.with(1, GPU_BYTES)) {
            host.fail("cuLaunchKernel", after + 1, 719);
            assertThat(CudaEngine.find(1 << 20))
                    .isInstanceOfSatisfying(
                            EngineFinding.Lacks.class,
                            lacks -> assertThat(lacks.reason())
                                    .startsWith("GPU 0 (")
                                    .contains("cannot be used", "CUDA_ERROR_LAUNCH_FAILED")
                                    .endsWith("."));
        }
    }

    @Test
    void leavesOneThatComputesWrong() {
        try (HostGpu host = HostGpu.with(1, GPU_BYTES)) {
            host.compute(false);
            assertThat(CudaEngine.find(1 << 20))
                    .isInstanceOfSatisfying(
                            EngineFinding.Lacks.class,
                            lacks -> assertThat(lacks.reason()).contains("does not compute right"));
            host.assertNothingIsLeft();
        }
    }

    @Test
    void whatIsLetGoAfterTheEngineIsNoFailure() {
        try (HostGpu host = HostGpu.with(1, GPU_BYTES)) {
            EngineFinding.Runs found = (EngineFinding.Runs) CudaEngine.find(1 << 20);
            RowMemory memory = found.engine().memory(1 << 20, Banks.ONE);
            ChunkMemory chunk = ChunkMemory.allocate(32, 1024, memory);
            found.engine().close();
            found.engine().close();
            chunk.release();
            assertThat(memory.budget().usedBytes()).isZero();
            assertThat(host.count("contexts")).isZero();
        }
    }
}
