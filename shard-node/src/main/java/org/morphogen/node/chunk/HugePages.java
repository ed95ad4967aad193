package org.morphogen.node.chunk;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Memory that the kernel is asked to back with huge pages, on Linux: scans are some percent faster since addresses are
 * translated with fewer steps. It must be asked before the memory is first touched, so it is mapped here and not taken
 * from Java. Thread-safe.
 */
final class HugePages {
    /** A huge page; smaller memory is not worth it. */
    static final long PAGE_BYTES = 2L << 20;

    private static final Logger log = LoggerFactory.getLogger(HugePages.class);
    private static final int READ_AND_WRITE = 3;
    private static final int PRIVATE_AND_ANONYMOUS = 0x22;
    private static final int ADVISE_HUGE_PAGE = 14;
    private static final long FAILED = -1;

    private static final Optional<HugePages> INSTANCE = find();

    private final MethodHandle map;
    private final MethodHandle advise;
    private final MethodHandle unmap;

    @SuppressWarnings("restricted")
    private HugePages(SymbolLookup libc, Linker linker) {
        ValueLayout.OfLong address = ValueLayout.JAVA_LONG;
        ValueLayout.OfInt number = ValueLayout.JAVA_INT;
        map = linker.downcallHandle(
                libc.findOrThrow("mmap"),
                FunctionDescriptor.of(address, address, address, number, number, number, address));
        advise = linker.downcallHandle(
                libc.findOrThrow("madvise"), FunctionDescriptor.of(number, address, address, number));
        unmap = linker.downcallHandle(libc.findOrThrow("munmap"), FunctionDescriptor.of(number, address, address));
    }

    /**
     * Zeroed memory that lives as long as the arena, aligned to huge pages if it is at least as large as one. Where the
     * kernel cannot be asked it is ordinary memory. Fails with OutOfMemoryError.
     */
    static MemorySegment allocate(Arena arena, long bytes, long alignmentBytes) {
        if (bytes < PAGE_BYTES || INSTANCE.isEmpty()) {
            return arena.allocate(bytes, alignmentBytes);
        }
        return INSTANCE.get().mapAligned(arena, bytes);
    }

    private static Optional<HugePages> find() {
        boolean linux = System.getProperty("os.name").toLowerCase(Locale.ROOT).equals("linux");
        if (!linux || !HugePages.class.getModule().isNativeAccessEnabled()) {
            return Optional.empty();
        }
        try {
            Linker linker = Linker.nativeLinker();
            return Optional.of(new HugePages(linker.defaultLookup(), linker));
        } catch (RuntimeException | LinkageError missing) {
            log.info("Chunks lie in ordinary pages: {}", missing.getMessage());
            return Optional.empty();
        }
    }

    @SuppressWarnings("restricted")
    private MemorySegment mapAligned(Arena arena, long bytes) {
        // Room to move the start up to a huge page's; what is not touched takes no memory.
        long mappedBytes = bytes + PAGE_BYTES;
        long mapped = call(map, 0, mappedBytes);
        if (mapped == FAILED) {
            throw new OutOfMemoryError("the machine maps no " + bytes + " bytes");
        }
        long start = (mapped + PAGE_BYTES - 1) & -PAGE_BYTES;
        // Refused where huge pages are off: then these are ordinary ones.
        adviseHuge(start, bytes & -PAGE_BYTES);
        return MemorySegment.ofAddress(start).reinterpret(bytes, arena, segment -> release(mapped, mappedBytes));
    }

    private static long call(MethodHandle map, long address, long bytes) {
        try {
            return (long) map.invokeExact(address, bytes, READ_AND_WRITE, PRIVATE_AND_ANONYMOUS, -1, 0L);
        } catch (Throwable impossible) {
            throw new IllegalStateException("mmap cannot be called", impossible);
        }
    }

    private void adviseHuge(long start, long bytes) {
        try {
            int refused = (int) advise.invokeExact(start, bytes, ADVISE_HUGE_PAGE);
            if (refused != 0) {
                log.debug("No huge pages; /sys/kernel/mm/transparent_hugepage/enabled tells whether they are off");
            }
        } catch (Throwable impossible) {
            throw new IllegalStateException("madvise cannot be called", impossible);
        }
    }

    private void release(long start, long bytes) {
        try {
            int failed = (int) unmap.invokeExact(start, bytes);
            if (failed != 0) {
                log.error("Chunk memory of {} bytes could not be given back", bytes);
            }
        } catch (Throwable impossible) {
            throw new IllegalStateException("munmap cannot be called", impossible);
        }
    }
}
