package org.morphogen.node.chunk;

import java.util.Map;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.numa.Banks;
import org.morphogen.settings.ByteSize;

/**
 * How much off-heap memory chunks may take, how much they do, and from which bank: each takes it where chunks have taken
 * least for the cores there. Thread-safe.
 */
public final class MemoryBudget {
    private final long limitBytes;
    private final Banks banks;
    private final long[] usedOfBank;
    private long usedBytes;

    /** A budget of which nothing is used yet, on a machine whose memory is all the same. */
    public MemoryBudget(long limitBytes) {
        this(limitBytes, Banks.ONE);
    }

    /** A budget of which nothing is used yet. */
    public MemoryBudget(long limitBytes, Banks banks) {
        this.limitBytes = limitBytes;
        this.banks = banks;
        this.usedOfBank = new long[banks.count()];
    }

    /** Where the memory is. */
    public Banks banks() {
        return banks;
    }

    /** Most bytes that may be used. */
    public long limitBytes() {
        return limitBytes;
    }

    /** Bytes that chunks take now, dropped ones that are still being scanned included. */
    public synchronized long usedBytes() {
        return usedBytes;
    }

    /**
     * Takes {@code bytes} and tells of which bank; fails with CAPACITY_LACKING and takes nothing when that would pass the
     * limit.
     */
    synchronized int reserve(long bytes) {
        if (usedBytes + bytes > limitBytes) {
            throw lacking(usedBytes + bytes, limitBytes);
        }
        int least = 0;
        for (int bank = 1; bank < usedOfBank.length; bank++) {
            least = (double) usedOfBank[bank] / banks.weight(bank) < (double) usedOfBank[least] / banks.weight(least)
                    ? bank
                    : least;
        }
        usedBytes += bytes;
        usedOfBank[least] += bytes;
        return least;
    }

    synchronized void free(long bytes, int bank) {
        usedBytes -= bytes;
        usedOfBank[bank] -= bytes;
    }

    /** CAPACITY_LACKING, with the facts {@code neededBytes} and {@code limitBytes}. */
    public static MorphogenException lacking(long neededBytes, long limitBytes) {
        return new MorphogenException(
                FailureReason.CAPACITY_LACKING,
                "memory: " + new ByteSize(neededBytes) + " (" + neededBytes + " bytes) are needed, this node has "
                        + new ByteSize(limitBytes) + " (" + limitBytes + " bytes).",
                Map.of("neededBytes", Long.toString(neededBytes), "limitBytes", Long.toString(limitBytes)));
    }
}
