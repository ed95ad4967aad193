package org.morphogen.node.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class CudaFailureTest {
    @ParameterizedTest
    @ValueSource(
            ints = {3, 4, 46, 100, 201, 214, 220, 700, 702, 709, 710, 714, 715, 716, 717, 718, 719, 802, 999, 12345, -1
            })
    void endsTheGpuAsDoesWhatNobodyKnows(int result) {
        assertThat(new CudaFailure(result, "NAME", "cuCall", "").isFatal()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 101, 200, 218, 222, 400, 500, 600, 701, 801})
    void endsTheCallAlone(int result) {
        CudaFailure failure = new CudaFailure(result, "NAME", "cuCall", "so it is");

        assertThat(failure.isFatal()).isFalse();
        assertThat(failure.isOutOfMemory()).isEqualTo(result == 2);
        assertThat(failure).hasMessage("cuCall: NAME (" + result + "): so it is");
    }
}
