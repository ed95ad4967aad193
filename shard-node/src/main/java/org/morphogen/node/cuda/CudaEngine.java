package org.morphogen.node.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.morphogen.node.chunk.RowMemory;
import org.morphogen.node.engine.EngineFinding;
import org.morphogen.node.engine.ScanEngine;
import org.morphogen.node.engine.SegmentScan;
import org.morphogen.node.numa.Banks;
import org.morphogen.settings.ByteSize;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chunks in the memory of NVIDIA GPUs, scanned there. All GPUs that the process sees are used; each holds different
 * chunks. Thread-safe.
 *
 * <p>A GPU that has failed, as a kernel that crashed or a card that is gone, cannot be used again by this process: the
 * engine then has a {@link #fault}.
 */
public final class CudaEngine implements ScanEngine {
    /** Of each GPU, for what is not chunks: code, buffers of scans and loads. */
    static final long OWN_BYTES = 512L << 20;

    /** What follows the reason why a GPU cannot be used. */
    static final String ADVICE = "; check it with nvidia-smi, or leave it out with CUDA_VISIBLE_DEVICES.";

    private static final String KERNELS = "kernels.ptx";
    private static final Logger log = LoggerFactory.getLogger(CudaEngine.class);

    private final List<Gpu> gpus = new ArrayList<>();

    /** On these GPUs, whether or not they compute right. Fails with CudaFailure. */
    CudaEngine(List<GpuFacts> found) {
        byte[] ptx = kernels();
        try {
            for (GpuFacts facts : found) {
                gpus.add(new Gpu(facts, ptx));
                log.info("GPU {}: {}, {} for chunks", facts.index(), facts.name(), new ByteSize(roomBytes(facts)));
            }
        } catch (RuntimeException | Error failed) {
            close();
            throw failed;
        }
    }

    /** The engine, or why there is none, or not for that much. */
    public static EngineFinding find(long memoryBytes) {
        return switch (CudaDriver.find()) {
            case CudaFinding.Lacks lacks -> new EngineFinding.Lacks(lacks.reason());
            case CudaFinding.Runs runs -> {
                runs.leftOut().forEach(log::warn);
                yield open(runs.gpus(), memoryBytes);
            }
        };
    }

    /** The engine on one GPU alone. Fails with CudaFailure. */
    public static CudaEngine open(GpuFacts gpu) {
        return new CudaEngine(List.of(gpu));
    }

    private static EngineFinding open(List<GpuFacts> gpus, long memoryBytes) {
        long room = gpus.stream().mapToLong(CudaEngine::roomBytes).sum();
        if (memoryBytes > room) {
            return new EngineFinding.Lacks("memory is " + new ByteSize(memoryBytes) + " (" + memoryBytes
                    + " bytes), and the GPUs have " + new ByteSize(room) + " (" + room
                    + " bytes) free for chunks; set memory to no more than that.");
        }
        CudaEngine engine;
        try {
            engine = new CudaEngine(gpus);
        } catch (RuntimeException failed) {
            return new EngineFinding.Lacks("a GPU cannot be used: " + failed.getMessage() + ADVICE);
        }
        Optional<String> flaw = SelfTest.of(engine, engine.gpus);
        if (flaw.isPresent()) {
            engine.close();
            return new EngineFinding.Lacks(flaw.get());
        }
        return new EngineFinding.Runs(engine);
    }

    /** What a GPU has for chunks. */
    static long roomBytes(GpuFacts facts) {
        return Math.max(0, facts.freeBytes() - OWN_BYTES);
    }

    static byte[] kernels() {
        try (InputStream ptx = CudaEngine.class.getResourceAsStream(KERNELS)) {
            if (ptx == null) {
                throw new IllegalStateException("the build left " + KERNELS + " out");
            }
            return ptx.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public RowMemory memory(long limitBytes, Banks banks) {
        return new GpuMemory(gpus, limitBytes);
    }

    /** Two for each GPU, so that one tells it what to do next while it works for the other. */
    @Override
    public int scanThreads() {
        return 2 * gpus.size();
    }

    @Override
    public SegmentScan newScan() {
        return new CudaScan();
    }

    @Override
    public Optional<String> fault() {
        return gpus.stream().flatMap(gpu -> gpu.fault().stream()).findFirst();
    }

    @Override
    public void close() {
        gpus.forEach(Gpu::close);
    }
}
