package org.morphogen.node.chunk;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/**
 * A chunk's rows and what they take out of the budget.
 *
 * <p>Its owner holds it, and every scan holds it through a {@link ChunkLease}; the memory is given back when the last
 * of them lets go. So a drop neither waits for a scan nor pulls memory from under it. Thread-safe.
 */
public final class ChunkMemory {
    private final MemoryBudget budget;
    private final long reservedBytes;
    private final int bank;
    private final ChunkRows rows;
    private final AtomicInteger holders = new AtomicInteger(1);
    /** Set before the owner lets go, read once nobody holds. */
    private Runnable afterwards = () -> {};

    private ChunkMemory(MemoryBudget budget, long reservedBytes, int bank, ChunkRows rows) {
        this.budget = budget;
        this.reservedBytes = reservedBytes;
        this.bank = bank;
        this.rows = rows;
    }

    /** Room for a chunk, all zeros; fails with CAPACITY_LACKING. The caller owns it. */
    public static ChunkMemory allocate(int rowBytes, int rows, RowMemory memory) {
        MemoryBudget budget = memory.budget();
        long reserved = memory.reservedBytes(rowBytes, rows);
        int bank = budget.reserve(reserved);
        try {
            return new ChunkMemory(budget, reserved, bank, memory.allocate(rowBytes, rows, bank));
        } catch (RuntimeException | Error failed) {
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

    /** The rows; for the owner, who knows that it still holds them. Their number and width can always be asked for. */
    public ChunkRows rows() {
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
            try {
                rows.free();
            } finally {
                budget.free(reservedBytes, bank);
                afterwards.run();
            }
        }
    }
}
