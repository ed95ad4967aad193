package org.morphogen.node.chunk;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.numa.Banks;
import org.morphogen.settings.ByteSize;

/**
 * How much memory chunks may take, how much they do, and from which bank: each takes it where chunks have taken least for
 * the cores there, of the banks that have room. Thread-safe.
 */
public final class MemoryBudget {
    private static final int NONE = -1;

    private final long limitBytes;
    private final Banks banks;
    private final List<Long> bankLimitBytes;
    private final long[] usedOfBank;
    private long usedBytes;

    /** A budget of which nothing is used yet, on a machine whose memory is all the same. */
    public MemoryBudget(long limitBytes) {
        this(limitBytes, Banks.ONE);
    }

    /** A budget of which nothing is used yet; any bank may give all of it. */
    public MemoryBudget(long limitBytes, Banks banks) {
        this(limitBytes, banks, Collections.nCopies(banks.count(), limitBytes));
    }

    /**
     * The same, where a bank can run out before the whole does.
     *
     * @param limitBytes over all banks; what they have together counts if it is less
     * @param bankLimitBytes most that each bank gives
     */
    public MemoryBudget(long limitBytes, Banks banks, List<Long> bankLimitBytes) {
        if (bankLimitBytes.size() != banks.count()) {
            throw new IllegalArgumentException(
                    "bankLimitBytes: " + bankLimitBytes.size() + " for " + banks.count() + " banks");
        }
        this.limitBytes = Math.min(limitBytes, together(bankLimitBytes));
        this.bankLimitBytes = List.copyOf(bankLimitBytes);
        this.banks = banks;
        this.usedOfBank = new long[banks.count()];
    }

    private static long together(List<Long> limits) {
        long sum = 0;
        for (long limit : limits) {
            sum = limit > Long.MAX_VALUE - sum ? Long.MAX_VALUE : sum + limit;
        }
        return sum;
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
     * limit, or when no bank has room for all of it.
     */
    synchronized int reserve(long bytes) {
        if (usedBytes + bytes > limitBytes) {
            throw lacking(usedBytes + bytes, limitBytes);
        }
        int bank = leastUsed(bytes);
        usedBytes += bytes;
        usedOfBank[bank] += bytes;
        return bank;
    }

    /** Fails with CAPACITY_LACKING if so many chunks of these sizes cannot be here all at once, each in one bank. */
    public void requireRoomFor(List<Long> chunkBytes) {
        long needed = chunkBytes.stream().mapToLong(Long::longValue).sum();
        if (needed > limitBytes) {
            throw lacking(needed, limitBytes);
        }
        long[] room = bankLimitBytes.stream().mapToLong(Long::longValue).toArray();
        for (long chunk : chunkBytes.stream().sorted(Comparator.reverseOrder()).toList()) {
            int roomiest = 0;
            for (int bank = 1; bank < room.length; bank++) {
                roomiest = room[bank] > room[roomiest] ? bank : roomiest;
            }
            if (room[roomiest] < chunk) {
                throw noneHas(chunk, room[roomiest]);
            }
            room[roomiest] -= chunk;
        }
    }

    /** Of the banks with room for so much. */
    private int leastUsed(long bytes) {
        int least = NONE;
        long mostRoom = 0;
        for (int bank = 0; bank < usedOfBank.length; bank++) {
            long room = bankLimitBytes.get(bank) - usedOfBank[bank];
            if (bytes <= room && (least == NONE || load(bank) < load(least))) {
                least = bank;
            }
            mostRoom = Math.max(mostRoom, room);
        }
        if (least == NONE) {
            throw noneHas(bytes, mostRoom);
        }
        return least;
    }

    private double load(int bank) {
        return (double) usedOfBank[bank] / banks.weight(bank);
    }

    synchronized void free(long bytes, int bank) {
        usedBytes -= bytes;
        usedOfBank[bank] -= bytes;
    }

    private static MorphogenException noneHas(long neededBytes, long roomBytes) {
        return new MorphogenException(
                FailureReason.CAPACITY_LACKING,
                "memory: " + new ByteSize(neededBytes) + " (" + neededBytes
                        + " bytes) are needed in one bank, and none of" + " this node's has more than "
                        + new ByteSize(roomBytes) + " (" + roomBytes + " bytes) left.",
                Map.of("neededBytes", Long.toString(neededBytes), "roomBytes", Long.toString(roomBytes)));
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
