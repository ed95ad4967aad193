package org.morphogen.node.chunk;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/**
 * A chunk's rows off-heap, 64-byte aligned, sliced; in huge pages where the system gives them.
 *
 * <p>Its owner holds it, and every scan holds it through a {@link ChunkLease}; the memory is given back when the last
 * of them lets go. So a drop neither waits for a scan nor pulls memory from under it. Thread-safe.
 */
public final class ChunkMemory {
    private static final int ALIGNMENT_BYTES = 64;

    private final MemoryBudget budget;
    private final long reservedBytes;
    private final int bank;
    private final Arena arena;
    private final MemorySegment rows;
    private final AtomicInteger holders = new AtomicInteger(1);
    /** Set before the owner lets go, read once nobody holds. */
    private Runnable afterwards = () -> {};

    private ChunkMemory(MemoryBudget budget, long reservedBytes, int bank, Arena arena, MemorySegment rows) {
        this.budget = budget;
        this.reservedBytes = reservedBytes;
        this.bank = bank;
        this.arena = arena;
        this.rows = rows;
    }

    /** Zeroed memory for {@code bytes} bytes of rows; fails with CAPACITY_LACKING. The caller owns it. */
    public static ChunkMemory allocate(long bytes, MemoryBudget budget) {
        long reserved = reservedBytes(bytes);
        int bank = budget.reserve(reserved);
        Arena arena = Arena.ofShared();
        try {
            MemorySegment rows = HugePages.allocate(arena, bytes, ALIGNMENT_BYTES);
            budget.banks().placeMemory(rows.address(), bytes, bank);
            return new ChunkMemory(budget, reserved, bank, arena, rows);
        } catch (RuntimeException | Error failed) {
            arena.close();
            budget.free(reserved, bank);
            if (failed instanceof OutOfMemoryError machineHasLess) {
                throw lacking(reserved, machineHasLess);
            }
            throw failed;
        }
    }

    private static MorphogenException lacking(long bytes, OutOfMemoryError machineHasLess) {
        return new MorphogenException(
                FailureReason.CAPACITY_LACKING,
                "memory: the machine gave no " + bytes + " bytes although the setting allows them.",
                Map.of(),
                machineHasLess);
    }

    /** What a chunk of {@code bytes} bytes takes out of the budget. */
    public static long reservedBytes(long bytes) {
        return (bytes + ALIGNMENT_BYTES - 1) & -ALIGNMENT_BYTES;
    }

    /** The rows; for the owner, who knows that it still holds them. */
    MemorySegment rows() {
        return rows;
    }

    /** Holds the rows until the lease is closed; empty when they are already given back. */
    public Optional<ChunkLease> lease() {
        int before = holders.getAndUpdate(n -> n == 0 ? 0 : n + 1);
        return before == 0 ? Optional.empty() : Optional.of(new ChunkLease(rows, bank, this::letGo));
    }

    /** The owner lets go. Call it once. */
    public void release() {
        letGo();
    }

    /** The same; {@code then} runs once the last scan has let go too, on its thread. */
    public void release(Runnable then) {
        afterwards = then;
        letGo();
    }

    private void letGo() {
        if (holders.decrementAndGet() == 0) {
            arena.close();
            budget.free(reservedBytes, bank);
            afterwards.run();
        }
    }
}
