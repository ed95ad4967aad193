package org.morphogen.node.cuda;

import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.morphogen.node.chunk.RowMemory;
import org.morphogen.node.numa.Banks;

/**
 * The CUDA engine on GPUs of the processor, or with {@code -Dmorphogen.gpu=device} on those of the machine. Closing it
 * checks that everything was given back.
 */
public final class TestGpus implements AutoCloseable {
    /** Whether tests run on the machine's GPUs. */
    public static final boolean REAL = "device".equals(System.getProperty("morphogen.gpu"));

    private static final long MEMORY_BYTES = 256L << 20;

    private final Optional<HostGpu> host;
    private final CudaEngine engine;
    private final RowMemory memory;

    private TestGpus(Optional<HostGpu> host, CudaEngine engine) {
        this.host = host;
        this.engine = engine;
        this.memory = engine.memory(MEMORY_BYTES, Banks.ONE);
    }

    static boolean areThere() {
        return REAL || HostGpu.isThere();
    }

    static boolean areOfTheProcessor() {
        return !REAL && HostGpu.isThere();
    }

    /** So many GPUs with ample room; a real machine may have fewer, which leaves the test out. */
    public static TestGpus open(int count) {
        return open(count, 1 << 30);
    }

    /** So many GPUs of the processor that have so much room for chunks each; leaves the test out on a real GPU. */
    public static TestGpus withRoom(int count, long roomBytes) {
        Assumptions.assumeFalse(REAL, "a real GPU has the memory that it has");
        return open(count, CudaEngine.OWN_BYTES + roomBytes);
    }

    static TestGpus open(int count, long bytesEach) {
        Optional<HostGpu> host = REAL ? Optional.empty() : Optional.of(HostGpu.with(count, bytesEach));
        return switch (CudaDriver.find()) {
            case CudaFinding.Runs runs -> {
                Assumptions.assumeTrue(runs.gpus().size() >= count, "the machine has fewer GPUs");
                // Not tested first, so that what a test sees is what it did.
                yield new TestGpus(host, new CudaEngine(runs.gpus()));
            }
            case CudaFinding.Lacks lacks -> throw new AssertionError(lacks.reason());
        };
    }

    /** The driver of the processor; leaves the test out on a real GPU. */
    public HostGpu host() {
        Assumptions.assumeTrue(host.isPresent(), "only the processor's driver fails when it is told to");
        return host.orElseThrow();
    }

    /** The engine. */
    public CudaEngine engine() {
        return engine;
    }

    /** The engine's, as much as there is, at most 256 MiB. */
    public RowMemory memory() {
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
