package org.morphogen.node.cuda;

import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.morphogen.node.chunk.RowMemory;
import org.morphogen.node.engine.EngineFinding;
import org.morphogen.node.numa.Banks;

/**
 * The CUDA engine on GPUs of the processor, or with {@code -Dmorphogen.gpu=device} on those of the machine. Closing it
 * checks that everything was given back.
 */
final class TestGpus implements AutoCloseable {
    /** Whether tests run on the machine's GPUs. */
    static final boolean REAL = "device".equals(System.getProperty("morphogen.gpu"));

    private static final long MEMORY_BYTES = 256L << 20;

    private final Optional<HostGpu> host;
    private final CudaEngine engine;
    private final RowMemory memory;

    private TestGpus(Optional<HostGpu> host, CudaEngine engine) {
        this.host = host;
        this.engine = engine;
        this.memory = engine.memory(MEMORY_BYTES, Banks.ONE);
    }

    /** So many GPUs; a real machine may have fewer, which leaves the test out. */
    static TestGpus open(int count, long bytesEach) {
        Optional<HostGpu> host = REAL ? Optional.empty() : Optional.of(HostGpu.with(count, bytesEach));
        if (REAL) {
            Assumptions.assumeTrue(CudaDriver.find() instanceof CudaFinding.Runs runs
                    && runs.gpus().size() >= count);
        }
        return switch (CudaEngine.find(MEMORY_BYTES)) {
            case EngineFinding.Runs runs -> new TestGpus(host, (CudaEngine) runs.engine());
            case EngineFinding.Lacks lacks -> throw new AssertionError(lacks.reason());
        };
    }

    /** The driver of the processor; leaves the test out on a real GPU. */
    HostGpu host() {
        Assumptions.assumeTrue(host.isPresent(), "only the processor's driver fails when it is told to");
        return host.orElseThrow();
    }

    CudaEngine engine() {
        return engine;
    }

    RowMemory memory() {
        return memory;
    }

    @Override
    public void close() {
        engine.close();
        host.ifPresent(gpus -> {
            try (gpus) {
                gpus.assertNothingIsLeft();
            }
        });
    }
}
