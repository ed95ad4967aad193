package org.morphogen.node.numa;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two calls to Linux that place threads and memory. Both are advice: what the kernel refuses is logged and the node
 * works on, slower. Thread-safe.
 */
final class NumaCalls {
    private static final Logger log = LoggerFactory.getLogger(NumaCalls.class);
    private static final int THIS_THREAD = 0;
    private static final int PREFERRED = 1;
    private static final Optional<NumaCalls> INSTANCE = find();

    private final MethodHandle setAffinity;
    private final MethodHandle memoryPolicy;
    private final long memoryPolicyNumber;

    @SuppressWarnings("restricted")
    private NumaCalls(SymbolLookup libc, Linker linker, long memoryPolicyNumber) {
        this.memoryPolicyNumber = memoryPolicyNumber;
        ValueLayout.OfLong size = ValueLayout.JAVA_LONG;
        setAffinity = linker.downcallHandle(
                libc.findOrThrow("sched_setaffinity"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, size, ValueLayout.ADDRESS));
        // mbind stands in no library that every system has.
        memoryPolicy = linker.downcallHandle(
                libc.findOrThrow("syscall"),
                FunctionDescriptor.of(size, size, size, size, size, ValueLayout.ADDRESS, size, size),
                Linker.Option.firstVariadicArg(1));
    }

    private static Optional<NumaCalls> find() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        long number = switch (System.getProperty("os.arch").toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> 237;
            case "aarch64" -> 235;
            default -> 0;
        };
        if (!system.equals("linux")
                || number == 0
                || !NumaCalls.class.getModule().isNativeAccessEnabled()) {
            return Optional.empty();
        }
        try {
            Linker linker = Linker.nativeLinker();
            return Optional.of(new NumaCalls(linker.defaultLookup(), linker, number));
        } catch (RuntimeException | LinkageError missing) {
            log.info("Threads are not pinned: {}", missing.getMessage());
            return Optional.empty();
        }
    }

    static boolean arePossible() {
        return INSTANCE.isPresent();
    }

    /** Lets the calling thread run on these cores alone; false if the kernel refuses. */
    static boolean runOn(Collection<Integer> cores) {
        return INSTANCE.filter(calls -> calls.setAffinity(cores)).isPresent();
    }

    /** Lets untouched memory come from that NUMA node if it has some; false if the kernel refuses. */
    static boolean prefer(long address, long bytes, int numaNode) {
        return INSTANCE.filter(calls -> calls.setPolicy(address, bytes, numaNode))
                .isPresent();
    }

    private boolean setAffinity(Collection<Integer> cores) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = bits(arena, cores);
            int refused = (int) setAffinity.invokeExact(THIS_THREAD, mask.byteSize(), mask);
            if (refused != 0) {
                log.warn("A scanning thread could not be pinned to cores {}", cores);
            }
            return refused == 0;
        } catch (Throwable notCalled) {
            log.warn("A scanning thread could not be pinned", notCalled);
            return false;
        }
    }

    private boolean setPolicy(long address, long bytes, int numaNode) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = bits(arena, List.of(numaNode));
            // The kernel looks at one bit less than it is told.
            long bitCount = mask.byteSize() * Byte.SIZE + 1;
            long refused = (long)
                    memoryPolicy.invokeExact(memoryPolicyNumber, address, bytes, (long) PREFERRED, mask, bitCount, 0L);
            if (refused != 0) {
                log.warn("A chunk's memory could not be placed on NUMA node {}", numaNode);
            }
            return refused == 0;
        } catch (Throwable notCalled) {
            log.warn("A chunk's memory could not be placed", notCalled);
            return false;
        }
    }

    private static MemorySegment bits(Arena arena, Collection<Integer> set) {
        int most = set.stream().mapToInt(Integer::intValue).max().orElse(0);
        MemorySegment words = arena.allocate(ValueLayout.JAVA_LONG, most / Long.SIZE + 1L);
        for (int bit : set) {
            int word = bit / Long.SIZE;
            long with = words.getAtIndex(ValueLayout.JAVA_LONG, word) | 1L << bit % Long.SIZE;
            words.setAtIndex(ValueLayout.JAVA_LONG, word, with);
        }
        return words;
    }
}
