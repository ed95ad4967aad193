package org.morphogen.bench.jmh;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.morphogen.bench.measure.ReadLimit;
import org.morphogen.node.EngineChoice;
import org.morphogen.node.engine.HostEngine;
import org.morphogen.node.engine.ScanKernel;
import org.morphogen.node.engine.SelectionBits;
import org.morphogen.node.layout.SlicedLayout;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One kernel over memory, selection bits at hand, one thread, a MiB a call as the carousel does; beside a plain XOR of
 * the same memory. With little memory it tells what the kernel does in cache.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class KernelBenchmark {
    private static final int CALL_BYTES = 1 << 20;
    private static final int ALIGNMENT_BYTES = 64;

    /** Which kernel. */
    @Param({"NATIVE", "VECTOR"})
    public EngineChoice engine = EngineChoice.AUTO;

    /** Keys that share the scan. */
    @Param({"1", "8", "32", "64", "128"})
    public int keys;

    /** Width of a row. */
    @Param({"32", "256"})
    public int rowBytes;

    /** How much is scanned. */
    @Param({"1", "256"})
    public int mebibytes;

    private final Arena arena = Arena.ofShared();
    private final ReadLimit limit = new ReadLimit(1);
    private MemorySegment memory = MemorySegment.NULL;
    private SelectionBits selection = new SelectionBits(1, SlicedLayout.TILE_GROUPS);

    @SuppressWarnings("NullAway.Init")
    private ScanKernel kernel;

    /** Random rows and selection bits. */
    @Setup
    public void prepare() {
        SplittableRandom random = new SplittableRandom(1);
        memory = arena.allocate((long) mebibytes << 20, ALIGNMENT_BYTES);
        for (long at = 0; at < memory.byteSize(); at += Long.BYTES) {
            memory.set(ValueLayout.JAVA_LONG, at, random.nextLong());
        }
        selection = new SelectionBits(keys, CALL_BYTES / rowBytes / Byte.SIZE);
        random.nextBytes(selection.bits());
        if (!(engine.open(0) instanceof HostEngine onThisMachine)) {
            throw new IllegalArgumentException("engine: " + engine + " has no kernel that runs by itself");
        }
        kernel = onThisMachine.newKernel();
    }

    /** Gives the memory back. */
    @TearDown
    public void close() {
        limit.close();
        arena.close();
    }

    /** The kernel. */
    @Benchmark
    public ScanKernel scan() {
        kernel.begin(keys, rowBytes);
        for (long at = 0; at < memory.byteSize(); at += CALL_BYTES) {
            kernel.xorSelected(memory.asSlice(at, CALL_BYTES), selection, 0);
        }
        return kernel;
    }

    /** The baseline. */
    @Benchmark
    public long readAlone() throws InterruptedException, ExecutionException {
        return limit.xor(List.of(memory));
    }
}
