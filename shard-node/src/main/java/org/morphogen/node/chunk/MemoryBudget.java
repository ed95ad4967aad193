package org.morphogen.node.chunk;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.settings.ByteSize;

/** How much off-heap memory chunks may take, and how much they do. Thread-safe. */
public final class MemoryBudget {
    private final long limitBytes;
    private final AtomicLong usedBytes = new AtomicLong();

    /** A budget of which nothing is used yet. */
    public MemoryBudget(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Most bytes that may be used. */
    public long limitBytes() {
        return limitBytes;
    }

    /** Bytes that chunks take now, dropped ones that are still being scanned included. */
    public long usedBytes() {
        return usedBytes.get();
    }

    /** Takes {@code bytes}; fails with CAPACITY_LACKING and takes nothing when that would pass the limit. */
    void reserve(long bytes) {
        long before = usedBytes.getAndUpdate(used -> used + bytes <= limitBytes ? used + bytes : used);
        if (before + bytes > limitBytes) {
            throw lacking(before + bytes, limitBytes);
        }
    }

    void free(long bytes) {
        usedBytes.addAndGet(-bytes);
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
