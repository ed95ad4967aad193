package org.morphogen.node.cuda;

import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT;
import static jcuda.driver.CUfunction_attribute.CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES;
import static jcuda.driver.CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES;
import static jcuda.driver.CUfunction_attribute.CU_FUNC_ATTRIBUTE_NUM_REGS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import jcuda.LogLevel;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUfunction;
import jcuda.driver.CUjit_option;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;

/**
 * One GPU, with one module of kernels loaded; and the only class that calls JCuda. Addresses are the driver's; streams
 * and events are numbers of this object's own, which mean nothing to another.
 *
 * <p>Any thread may call any method, {@link #close} excepted: nobody may call anything during it or after. What is given
 * a stream only begins there: it is done in the stream's order, and its memory, pinned memory too, must stay until then.
 * Closing frees what was not freed.
 *
 * <p>What fails is a {@link CudaFailure}. Work that fails later fails a later call, most often {@link #await}.
 */
public final class CudaDriver implements AutoCloseable {
    /** Our PTX is of version 9.0, which this driver is the first to know. */
    private static final int OLDEST_DRIVER = 13_000;

    /** Where the kernels' instructions begin to be there: compute capability 8.0. */
    private static final int OLDEST_MAJOR = 8;

    private static final int JIT_LOG_BYTES = 8 << 10;

    private final CUdevice device;
    private final CUcontext context;
    private final CUmodule module = new CUmodule();
    private final Map<String, Kernel> kernels = new ConcurrentHashMap<>();
    private final Handles<CUstream> streams = new Handles<>("stream");
    private final Handles<CUevent> events = new Handles<>("event");
    private final ThreadLocal<LaunchParameters> parametersOfThread = ThreadLocal.withInitial(LaunchParameters::new);
    private volatile Optional<CudaFailure> fatal = Optional.empty();
    private volatile boolean closed;

    private CudaDriver(CUdevice device, CUcontext context) {
        this.device = device;
        this.context = context;
    }

    /** Looks for GPUs that we can use. Never fails; takes some tenths of a second for each GPU. */
    public static CudaFinding find() {
        return lacking().<CudaFinding>map(CudaFinding.Lacks::new).orElseGet(CudaDriver::lookAtAll);
    }

    /**
     * Takes a GPU into use.
     *
     * @param index as in {@link GpuFacts#index}
     * @param ptx the kernels as PTX text, which the driver compiles for its GPU
     * @throws CudaFailure if there is no such GPU or it does not take the module
     */
    public static CudaDriver open(int index, byte[] ptx) {
        lacking().ifPresent(reason -> {
            throw new IllegalStateException(reason);
        });
        CUdevice device = device(index);
        CUcontext context = new CUcontext();
        checked(JCudaDriver.cuDevicePrimaryCtxRetain(context, device), "cuDevicePrimaryCtxRetain");
        CudaDriver driver = new CudaDriver(device, context);
        try {
            driver.load(ptx);
        } catch (RuntimeException unusable) {
            release(device, unusable);
            throw unusable;
        }
        return driver;
    }

    /** Bytes of device memory that are free now, other processes counted. */
    public long freeBytes() {
        enter();
        long[] free = new long[1];
        check(JCudaDriver.cuMemGetInfo(free, new long[1]), "cuMemGetInfo");
        return free[0];
    }

    /** Device memory of so many bytes, more than 0; the driver aligns it to 256. What is in it is anything. */
    public long allocate(long bytes) {
        enter();
        Device memory = new Device(0);
        check(JCudaDriver.cuMemAlloc(memory, bytes), "cuMemAlloc");
        return memory.address();
    }

    /** Frees what {@link #allocate} gave. Waits until the GPU has done all it was told to do so far. */
    public void free(long address) {
        enter();
        check(JCudaDriver.cuMemFree(new Device(address)), "cuMemFree");
    }

    /** Pinned memory of the host, of so many bytes, more than 0, which copies of any GPU may use. */
    @SuppressWarnings("restricted")
    public MemorySegment allocatePinned(long bytes) {
        enter();
        Host memory = new Host(0);
        check(JCudaDriver.cuMemHostAlloc(memory, bytes, JCudaDriver.CU_MEMHOSTALLOC_PORTABLE), "cuMemHostAlloc");
        return MemorySegment.ofAddress(memory.address()).reinterpret(bytes);
    }

    /** Frees what {@link #allocatePinned} gave; nobody may read or write it any more, least of all a copy under way. */
    public void freePinned(MemorySegment pinned) {
        enter();
        check(JCudaDriver.cuMemFreeHost(host(pinned)), "cuMemFreeHost");
    }

    /** A queue of work, independent of all others. */
    public long newStream() {
        return newStream(0);
    }

    /** One whose work goes before that of others as soon as the GPU has room for any. */
    public long newUrgentStream() {
        enter();
        int[] greatest = new int[1];
        check(JCudaDriver.cuCtxGetStreamPriorityRange(new int[1], greatest), "cuCtxGetStreamPriorityRange");
        return newStream(greatest[0]);
    }

    private long newStream(int priority) {
        CUstream stream = new CUstream();
        enter();
        check(
                JCudaDriver.cuStreamCreateWithPriority(stream, CUstream_flags.CU_STREAM_NON_BLOCKING, priority),
                "cuStreamCreateWithPriority");
        return streams.add(stream);
    }

    /** What it was given is still done. */
    public void closeStream(long stream) {
        CUstream closed = streams.remove(stream);
        enter();
        check(JCudaDriver.cuStreamDestroy(closed), "cuStreamDestroy");
    }

    /** Waits until all is done that the stream was given so far, and tells if any of it failed. */
    public void await(long stream) {
        enter();
        check(JCudaDriver.cuStreamSynchronize(streams.get(stream)), "cuStreamSynchronize");
    }

    /** Copies all of a piece of pinned memory to the device. */
    public void copyToDevice(long to, MemorySegment pinned, long stream) {
        enter();
        check(
                JCudaDriver.cuMemcpyHtoDAsync(new Device(to), host(pinned), pinned.byteSize(), streams.get(stream)),
                "cuMemcpyHtoDAsync");
    }

    /** Fills all of a piece of pinned memory from the device. */
    public void copyToHost(MemorySegment pinned, long from, long stream) {
        enter();
        check(
                JCudaDriver.cuMemcpyDtoHAsync(host(pinned), new Device(from), pinned.byteSize(), streams.get(stream)),
                "cuMemcpyDtoHAsync");
    }

    /** Copies within the device, between ranges that do not overlap. */
    public void copyOnDevice(long to, long from, long bytes, long stream) {
        enter();
        check(
                JCudaDriver.cuMemcpyDtoDAsync(new Device(to), new Device(from), bytes, streams.get(stream)),
                "cuMemcpyDtoDAsync");
    }

    public void zero(long address, long bytes, long stream) {
        enter();
        check(
                JCudaDriver.cuMemsetD8Async(new Device(address), (byte) 0, bytes, streams.get(stream)),
                "cuMemsetD8Async");
    }

    /**
     * Starts a kernel that takes one struct by value.
     *
     * @param gridX blocks, from 1
     * @param gridY blocks, from 1 to 65,535
     * @param threads of a block, in one dimension, to 1,024
     * @param sharedBytes dynamic shared memory of a block
     * @param parameters the struct's bytes, at most {@value LaunchParameters#MOST_BYTES}; taken before this returns
     */
    public void launch(
            String kernel, int gridX, int gridY, int threads, int sharedBytes, long stream, MemorySegment parameters) {
        CUfunction function = allowing(kernel, sharedBytes);
        CUstream queue = streams.get(stream);
        LaunchParameters struct = parametersOfThread.get();
        struct.set(parameters);
        enter();
        int result = JCudaDriver.cuLaunchKernel(
                function, gridX, gridY, 1, threads, 1, 1, sharedBytes, queue, null, struct.extra);
        if (result != CUresult.CUDA_SUCCESS) {
            throw failed(result, "cuLaunchKernel", "kernel " + kernel);
        }
    }

    /**
     * How many blocks of this size a multiprocessor runs at once; 0 if it cannot run any.
     *
     * @param sharedBytes at most {@link GpuFacts#sharedBytesPerBlock}; a failure if more
     */
    public int blocksPerMultiprocessor(String kernel, int threads, int sharedBytes) {
        CUfunction function = allowing(kernel, sharedBytes);
        int[] blocks = new int[1];
        enter();
        check(
                JCudaDriver.cuOccupancyMaxActiveBlocksPerMultiprocessor(blocks, function, threads, sharedBytes),
                "cuOccupancyMaxActiveBlocksPerMultiprocessor");
        return blocks[0];
    }

    /** Registers of each of the kernel's threads, as compiled for this GPU. */
    public int registers(String kernel) {
        return attribute(kernel(kernel).function, CU_FUNC_ATTRIBUTE_NUM_REGS);
    }

    /** Bytes of memory that each of the kernel's threads keeps what does not fit its registers in. */
    public int localBytes(String kernel) {
        return attribute(kernel(kernel).function, CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES);
    }

    /** A mark that can be put into streams, as often as one likes; the last time counts. */
    public long newEvent() {
        enter();
        CUevent event = new CUevent();
        check(JCudaDriver.cuEventCreate(event, CUevent_flags.CU_EVENT_DEFAULT), "cuEventCreate");
        return events.add(event);
    }

    /** Puts the mark behind what the stream was given so far. */
    public void record(long event, long stream) {
        enter();
        check(JCudaDriver.cuEventRecord(events.get(event), streams.get(stream)), "cuEventRecord");
    }

    /** Waits until the mark is reached; returns at once if it was never put anywhere. */
    public void awaitEvent(long event) {
        enter();
        check(JCudaDriver.cuEventSynchronize(events.get(event)), "cuEventSynchronize");
    }

    /** What the stream is given from now on begins only when the mark is reached where it was put last. */
    public void streamWaitsFor(long stream, long event) {
        enter();
        check(JCudaDriver.cuStreamWaitEvent(streams.get(stream), events.get(event), 0), "cuStreamWaitEvent");
    }

    /** From one mark to another, both of which have been reached. */
    public float elapsedMillis(long begin, long end) {
        enter();
        float[] millis = new float[1];
        check(JCudaDriver.cuEventElapsedTime(millis, events.get(begin), events.get(end)), "cuEventElapsedTime");
        return millis[0];
    }

    public void closeEvent(long event) {
        CUevent closed = events.remove(event);
        enter();
        check(JCudaDriver.cuEventDestroy(closed), "cuEventDestroy");
    }

    /** The first failure that lasts until the process ends, if there was one. */
    public Optional<CudaFailure> fatalFailure() {
        return fatal;
    }

    /** Gives the GPU back. Of one that is broken nothing can be given back, and nothing is said. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        int entered = JCudaDriver.cuCtxSetCurrent(context);
        int unloaded = entered == CUresult.CUDA_SUCCESS ? JCudaDriver.cuModuleUnload(module) : entered;
        closed = true;
        int released = JCudaDriver.cuDevicePrimaryCtxRelease(device);
        if (fatal.isEmpty()) {
            check(unloaded, "cuModuleUnload");
            check(released, "cuDevicePrimaryCtxRelease");
        }
    }

    private static Optional<String> lacking() {
        return DriverLibrary.load(() -> {
            JCudaDriver.setLogLevel(LogLevel.LOG_QUIET);
            JCudaDriver.setExceptionsEnabled(false);
        });
    }

    private static CudaFinding lookAtAll() {
        try {
            int[] version = new int[1];
            checked(JCudaDriver.cuDriverGetVersion(version), "cuDriverGetVersion");
            if (version[0] < OLDEST_DRIVER) {
                return new CudaFinding.Lacks("the NVIDIA driver is of CUDA " + version[0] / 1000 + "."
                        + version[0] % 1000 / 10 + "; install one of CUDA 13.0 or newer.");
            }
            int started = JCudaDriver.cuInit(0);
            if (started == CUresult.CUDA_ERROR_NO_DEVICE) {
                return new CudaFinding.Lacks("the NVIDIA driver finds no GPU; nvidia-smi lists those there are.");
            }
            checked(started, "cuInit");
            return usable();
        } catch (CudaFailure failure) {
            return new CudaFinding.Lacks(
                    "the NVIDIA driver does not start (" + failure.getMessage() + "); nvidia-smi may tell more.");
        }
    }

    private static CudaFinding usable() {
        int[] count = new int[1];
        checked(JCudaDriver.cuDeviceGetCount(count), "cuDeviceGetCount");
        List<GpuFacts> gpus = new ArrayList<>();
        List<String> leftOut = new ArrayList<>();
        for (int index = 0; index < count[0]; index++) {
            try {
                GpuFacts facts = facts(index);
                if (facts.computeMajor() >= OLDEST_MAJOR) {
                    gpus.add(facts);
                } else {
                    leftOut.add("GPU " + index + " (" + facts.name() + ") has compute capability "
                            + facts.computeMajor() + "." + facts.computeMinor() + "; 8.0 is the least.");
                }
            } catch (CudaFailure failure) {
                leftOut.add("GPU " + index + " cannot be used: " + failure.getMessage() + ".");
            }
        }
        if (gpus.isEmpty()) {
            return new CudaFinding.Lacks(
                    leftOut.isEmpty()
                            ? "the NVIDIA driver finds no GPU; nvidia-smi lists those there are."
                            : String.join(" ", leftOut));
        }
        return new CudaFinding.Runs(gpus, leftOut);
    }

    private static GpuFacts facts(int index) {
        CUdevice device = device(index);
        byte[] name = new byte[256];
        checked(JCudaDriver.cuDeviceGetName(name, name.length, device), "cuDeviceGetName");
        long[] bytes = new long[1];
        checked(JCudaDriver.cuDeviceTotalMem(bytes, device), "cuDeviceTotalMem");
        return new GpuFacts(
                index,
                text(name),
                attribute(device, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR),
                attribute(device, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR),
                attribute(device, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
                attribute(device, CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN),
                attribute(device, CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR),
                bytes[0],
                freeBytes(device));
    }

    /** Only a context can tell, so one is taken for a moment. */
    private static long freeBytes(CUdevice device) {
        CUcontext context = new CUcontext();
        checked(JCudaDriver.cuDevicePrimaryCtxRetain(context, device), "cuDevicePrimaryCtxRetain");
        try {
            checked(JCudaDriver.cuCtxSetCurrent(context), "cuCtxSetCurrent");
            long[] free = new long[1];
            checked(JCudaDriver.cuMemGetInfo(free, new long[1]), "cuMemGetInfo");
            return free[0];
        } finally {
            checked(JCudaDriver.cuCtxSetCurrent(new CUcontext()), "cuCtxSetCurrent");
            checked(JCudaDriver.cuDevicePrimaryCtxRelease(device), "cuDevicePrimaryCtxRelease");
        }
    }

    private static CUdevice device(int index) {
        CUdevice device = new CUdevice();
        checked(JCudaDriver.cuInit(0), "cuInit");
        checked(JCudaDriver.cuDeviceGet(device, index), "cuDeviceGet");
        return device;
    }

    private static int attribute(CUdevice device, int attribute) {
        int[] value = new int[1];
        checked(JCudaDriver.cuDeviceGetAttribute(value, attribute, device), "cuDeviceGetAttribute");
        return value[0];
    }

    private int attribute(CUfunction function, int attribute) {
        int[] value = new int[1];
        enter();
        check(JCudaDriver.cuFuncGetAttribute(value, attribute, function), "cuFuncGetAttribute");
        return value[0];
    }

    private static void release(CUdevice device, RuntimeException because) {
        int released = JCudaDriver.cuDevicePrimaryCtxRelease(device);
        if (released != CUresult.CUDA_SUCCESS) {
            because.addSuppressed(new CudaFailure(released, name(released), "cuDevicePrimaryCtxRelease", ""));
        }
    }

    /**
     * Makes this GPU the calling thread's: the thread of the system's. Nothing that may wait comes between this and the
     * call that needs it, since a virtual thread may go on upon another one then.
     */
    private void enter() {
        if (closed) {
            throw new IllegalStateException("the GPU has been given back");
        }
        check(JCudaDriver.cuCtxSetCurrent(context), "cuCtxSetCurrent");
    }

    private void load(byte[] ptx) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(ptx.length + 1L);
            MemorySegment.copy(ptx, 0, text, ValueLayout.JAVA_BYTE, 0, ptx.length);
            MemorySegment log = arena.allocate(JIT_LOG_BYTES);
            MemorySegment values = arena.allocate(ValueLayout.JAVA_LONG, 2);
            values.setAtIndex(ValueLayout.JAVA_LONG, 0, log.address());
            values.setAtIndex(ValueLayout.JAVA_LONG, 1, JIT_LOG_BYTES);
            int[] options = {CUjit_option.CU_JIT_ERROR_LOG_BUFFER, CUjit_option.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
            enter();
            int result = JCudaDriver.cuModuleLoadDataEx(module, host(text), options.length, options, host(values));
            if (result != CUresult.CUDA_SUCCESS) {
                byte[] said = log.toArray(ValueLayout.JAVA_BYTE);
                throw failed(result, "cuModuleLoadDataEx", text(said).strip().replaceAll("\\s*\\n\\s*", "; "));
            }
        }
    }

    /** The kernel, once it may use so much dynamic shared memory; by default a kernel may not have all there is. */
    private CUfunction allowing(String name, int sharedBytes) {
        Kernel kernel = kernel(name);
        if (sharedBytes > kernel.allowedBytes) {
            synchronized (kernel) {
                if (sharedBytes > kernel.allowedBytes) {
                    enter();
                    check(
                            JCudaDriver.cuFuncSetAttribute(
                                    kernel.function, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, sharedBytes),
                            "cuFuncSetAttribute");
                    kernel.allowedBytes = sharedBytes;
                }
            }
        }
        return kernel.function;
    }

    private Kernel kernel(String name) {
        Kernel known = kernels.get(name);
        return known != null ? known : kernels.computeIfAbsent(name, this::look);
    }

    private Kernel look(String name) {
        CUfunction function = new CUfunction();
        enter();
        int result = JCudaDriver.cuModuleGetFunction(function, module, name);
        if (result != CUresult.CUDA_SUCCESS) {
            throw failed(result, "cuModuleGetFunction", "kernel " + name);
        }
        return new Kernel(function, attribute(function, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES));
    }

    private void check(int result, String call) {
        if (result != CUresult.CUDA_SUCCESS) {
            throw failed(result, call, "");
        }
    }

    private CudaFailure failed(int result, String call, String detail) {
        CudaFailure failure = new CudaFailure(result, name(result), call, detail);
        if (failure.isFatal() && fatal.isEmpty()) {
            fatal = Optional.of(failure);
        }
        return failure;
    }

    private static void checked(int result, String call) {
        if (result != CUresult.CUDA_SUCCESS) {
            throw new CudaFailure(result, name(result), call, "");
        }
    }

    private static String name(int result) {
        String name = CUresult.stringFor(result);
        return name.startsWith("CUDA_") || name.startsWith("JCUDA_") ? name : "unknown to JCuda";
    }

    private static Host host(MemorySegment memory) {
        if (!memory.isNative()) {
            throw new IllegalArgumentException("the GPU copies from and to pinned memory alone");
        }
        return new Host(memory.address());
    }

    /** C text that ends at its first zero. */
    private static String text(byte[] characters) {
        int length = 0;
        while (length < characters.length && characters[length] != 0) {
            length++;
        }
        return new String(characters, 0, length, StandardCharsets.UTF_8);
    }

    /** A kernel of the module. */
    private static final class Kernel {
        final CUfunction function;
        /** Dynamic shared memory that it may be given; only grows. */
        volatile int allowedBytes;

        Kernel(CUfunction function, int allowedBytes) {
            this.function = function;
            this.allowedBytes = allowedBytes;
        }
    }

    /** A device's address; JCuda's own class neither takes one nor tells it. */
    private static final class Device extends CUdeviceptr {
        private static final CUdeviceptr ZERO = new CUdeviceptr();

        Device(long address) {
            super(ZERO, address);
        }

        long address() {
            return getNativePointer() + getByteOffset();
        }
    }

    /** An address of the host. */
    private static final class Host extends Pointer {
        Host(long address) {
            super(address);
        }

        long address() {
            return getNativePointer() + getByteOffset();
        }
    }

    /**
     * Where a thread lays out a kernel's struct for the driver, in the form that tells how long it is: five words, which
     * point to the struct and to its size. The driver takes a copy.
     */
    private static final class LaunchParameters {
        static final int MOST_BYTES = 4096;
        private static final int SIZE_AT = MOST_BYTES;
        private static final int WORDS_AT = MOST_BYTES + 16;
        private static final int WORDS = 5;
        private static final int BUFFER_POINTER = 1;
        private static final int BUFFER_SIZE = 2;

        final Pointer extra;
        private final MemorySegment memory = Arena.ofAuto().allocate(WORDS_AT + WORDS * 8L, 16);

        LaunchParameters() {
            MemorySegment words = memory.asSlice(WORDS_AT);
            words.setAtIndex(ValueLayout.JAVA_LONG, 0, BUFFER_POINTER);
            words.setAtIndex(ValueLayout.JAVA_LONG, 1, memory.address());
            words.setAtIndex(ValueLayout.JAVA_LONG, 2, BUFFER_SIZE);
            words.setAtIndex(ValueLayout.JAVA_LONG, 3, memory.address() + SIZE_AT);
            extra = new Host(words.address());
        }

        void set(MemorySegment parameters) {
            long bytes = parameters.byteSize();
            if (bytes > MOST_BYTES) {
                throw new IllegalArgumentException("a kernel takes at most " + MOST_BYTES + " bytes of parameters");
            }
            MemorySegment.copy(parameters, 0, memory, 0, bytes);
            memory.set(ValueLayout.JAVA_LONG, SIZE_AT, bytes);
        }
    }
}
