package org.morphogen.node.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@NeedsHostGpu
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CudaFindingTest {
    private static final long BYTES = 64L << 20;

    private HostGpu gpus;

    @BeforeEach
    void twoDevices() {
        gpus = HostGpu.with(2, BYTES);
    }

    @AfterEach
    void forget() {
        gpus.assertNothingIsLeft();
        gpus.close();
    }

    @Test
    void tellsWhatThereIs() {
        gpus.setComputeCapability(0, 8, 0);

        assertThat(CudaDriver.find()).isInstanceOfSatisfying(CudaFinding.Runs.class, found -> {
            assertThat(found.leftOut()).isEmpty();
            assertThat(found.gpus())
                    .containsExactly(
                            new GpuFacts(0, "Processor as GPU 0", 8, 0, 4, 163 << 10, 164 << 10, BYTES, BYTES),
                            new GpuFacts(1, "Processor as GPU 1", 9, 0, 4, 227 << 10, 228 << 10, BYTES, BYTES));
        });
    }

    @Test
    void leavesOutWhatIsTooOldAndWhatDoesNotWork() {
        gpus.setComputeCapability(0, 7, 5);
        assertThat(CudaDriver.find())
                .isInstanceOfSatisfying(
                        CudaFinding.Runs.class,
                        found -> assertThat(found.leftOut())
                                .containsExactly("GPU 0 (Processor as GPU 0) has compute capability 7.5;"
                                        + " 8.0 is the least."));

        gpus.lose(1, 46);
        assertThat(reason())
                .isEqualTo("GPU 0 (Processor as GPU 0) has compute capability 7.5; 8.0 is the least."
                        + " GPU 1 cannot be used: cuDevicePrimaryCtxRetain: CUDA_ERROR_DEVICE_UNAVAILABLE (46).");
    }

    @Test
    void lacksDevices() {
        gpus.close();
        assertThat(reason()).isEqualTo("the NVIDIA driver finds no GPU; nvidia-smi lists those there are.");
    }

    @Test
    void lacksADriverThatKnowsOurKernels() {
        gpus.setDriverVersion(12_090);
        assertThat(reason()).isEqualTo("the NVIDIA driver is of CUDA 12.9; install one of CUDA 13.0 or newer.");
        gpus.setDriverVersion(13_010);
        assertThat(CudaDriver.find()).isInstanceOf(CudaFinding.Runs.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cuDriverGetVersion", "cuInit", "cuDeviceGetCount"})
    void lacksADriverThatWorks(String function) {
        gpus.fail(function, 1, 999);
        assertThat(reason())
                .isEqualTo("the NVIDIA driver does not start (" + function
                        + ": CUDA_ERROR_UNKNOWN (999)); nvidia-smi may tell more.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cuDeviceGetName",
                "cuDeviceTotalMem",
                "cuDeviceGetAttribute",
                "cuDevicePrimaryCtxRetain",
                "cuCtxSetCurrent",
                "cuMemGetInfo"
            })
    void leavesOutADeviceThatDoesNotTellWhatItIs(String function) {
        gpus.fail(function, 1, 801);
        assertThat(CudaDriver.find()).isInstanceOfSatisfying(CudaFinding.Runs.class, found -> {
            assertThat(found.gpus()).extracting(GpuFacts::index).containsExactly(1);
            assertThat(found.leftOut())
                    .containsExactly("GPU 0 cannot be used: " + function + ": CUDA_ERROR_NOT_SUPPORTED (801).");
        });
    }

    private static String reason() {
        return switch (CudaDriver.find()) {
            case CudaFinding.Lacks lacks -> lacks.reason();
            case CudaFinding.Runs runs -> "runs: " + runs;
        };
    }
}
