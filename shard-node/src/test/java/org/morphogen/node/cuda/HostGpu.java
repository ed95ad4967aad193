package org.morphogen.node.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * A CUDA driver that runs kernels on the processor, and what a test can ask of it. It has no devices until a test gives
 * it some, and none again when it is closed. There is one a process; use it from one test at a time.
 *
 * <pre>{@code
 * try (HostGpu gpus = HostGpu.with(1, 64 << 20)) { ... }
 * }</pre>
 */
public final class HostGpu implements AutoCloseable {
    private static final String LIBRARY = "host/libcuda.so.1";
    private static final Linker LINKER = Linker.nativeLinker();
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final MemoryLayout TEXT = ValueLayout.ADDRESS;

    private HostGpu() {}

    /**
     * So many devices of so many bytes each, of compute capability 9.0. A test is left out, and says so, where the build
     * made no such driver.
     */
    public static HostGpu with(int devices, long bytesEach) {
        Assumptions.assumeTrue(
                isThere(), "the build found no C++ compiler, so there is no CUDA driver for the processor");
        HostGpu gpus = new HostGpu();
        call("reset", FunctionDescriptor.ofVoid());
        call("devices", FunctionDescriptor.ofVoid(INT, LONG), devices, bytesEach);
        return gpus;
    }

    /** Whether the build made such a driver. */
    static boolean isThere() {
        return HostGpu.class.getResource(LIBRARY) != null;
    }

    public void setComputeCapability(int device, int major, int minor) {
        call("compute_capability", FunctionDescriptor.ofVoid(INT, INT, INT), device, major, minor);
    }

    /** E.g. 13000 for CUDA 13.0, which it is unless told otherwise. */
    public void setDriverVersion(int version) {
        call("driver_version", FunctionDescriptor.ofVoid(INT), version);
    }

    /**
     * One call will give a failure and do nothing.
     *
     * @param function as CUDA names it, e.g. cuMemAlloc; "execute" for what a stream does: copying, zeroing, a kernel
     * @param nth which call from now on; 1 is the next
     * @param result a CUresult
     */
    public void fail(String function, int nth, int result) {
        try (Arena arena = Arena.ofConfined()) {
            call("fail", FunctionDescriptor.ofVoid(TEXT, INT, INT), arena.allocateFrom(function), nth, result);
        }
    }

    /** From now on every call that concerns the device gives this failure. */
    public void lose(int device, int result) {
        call("lose", FunctionDescriptor.ofVoid(INT, INT), device, result);
    }

    /** Whether kernels compute anything; if not, they succeed and do nothing. */
    public void compute(boolean now) {
        call("compute", FunctionDescriptor.ofVoid(INT), now ? 1 : 0);
    }

    /** Streams begin nothing new until {@link #resume}. */
    public void pause() {
        call("pause", FunctionDescriptor.ofVoid(INT), 1);
    }

    public void resume() {
        call("pause", FunctionDescriptor.ofVoid(INT), 0);
    }

    /**
     * How many there are: device-memory (allocations), device-bytes, pinned-memory, streams, events, modules, contexts;
     * or were since this was made: leaks (what a context still had when it was given back), launches, "launches KERNEL",
     * bytes-to-device, bytes-to-host, bytes-on-device.
     */
    public long count(String what) {
        try (Arena arena = Arena.ofConfined()) {
            long count = (long) call("count", FunctionDescriptor.of(LONG, TEXT), arena.allocateFrom(what));
            if (count < 0) {
                throw new IllegalArgumentException("it does not count " + what);
            }
            return count;
        }
    }

    /**
     * What streams were given since it was asked last, in that order, a line each: copies and zeroings with their bytes,
     * kernels with grid, block and shared memory. The first time it says nothing, and begins to listen.
     */
    @SuppressWarnings("restricted")
    public List<String> journal() {
        MemorySegment text = (MemorySegment) call("journal", FunctionDescriptor.of(TEXT));
        return text.reinterpret(Long.MAX_VALUE).getString(0).lines().toList();
    }

    /** What it found wrong since it was asked last, or an empty text; more than its result tells. */
    @SuppressWarnings("restricted")
    public String complaint() {
        MemorySegment text = (MemorySegment) call("complaint", FunctionDescriptor.of(TEXT));
        return text.reinterpret(Long.MAX_VALUE).getString(0);
    }

    /** Fails when something is left: memory, streams, events, a context; or was left when a context was given back. */
    public void assertNothingIsLeft() {
        for (String what :
                new String[] {"device-memory", "pinned-memory", "streams", "events", "modules", "contexts", "leaks"}) {
            if (count(what) != 0) {
                throw new AssertionError(what + ": " + count(what) + " left");
            }
        }
        String complaint = complaint();
        if (!complaint.isEmpty()) {
            throw new AssertionError("the driver complains: " + complaint);
        }
    }

    /** Waits for its streams, forgets everything. */
    @Override
    public void close() {
        call("reset", FunctionDescriptor.ofVoid());
    }

    @SuppressWarnings("restricted")
    private static Object call(String name, FunctionDescriptor signature, Object... arguments) {
        MethodHandle function =
                LINKER.downcallHandle(Library.SYMBOLS.findOrThrow("morphogen_host_gpu_" + name), signature);
        try {
            return function.invokeWithArguments(arguments);
        } catch (Throwable impossible) {
            throw new IllegalStateException(name, impossible);
        }
    }

    /** Loaded once, and before JCuda looks for a library of this name: it then takes this one. */
    private static final class Library {
        @SuppressWarnings("restricted")
        static final SymbolLookup SYMBOLS = SymbolLookup.libraryLookup(file(), Arena.global());

        private static Path file() {
            URL library = HostGpu.class.getResource(LIBRARY);
            if (library == null) {
                throw new IllegalStateException("not built");
            }
            try {
                return Path.of(library.toURI());
            } catch (URISyntaxException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }
}
