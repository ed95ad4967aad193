package org.morphogen.coordinator.placement;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Cuts a row of chunks into one contiguous, possibly empty run for each group: in proportion to the groups' room,
 * never beyond it. Group g gets chunks {@code ends[g-1]} to {@code ends[g]-1}.
 *
 * <p>Each cut is the chunk boundary nearest to the proportional one, moved as little as the room of this group and
 * of those after it asks for. It finds a cut whenever one exists for the groups in the given order.
 */
final class ChunkCut {
    /** upTo[i] is the bytes of the first i chunks. */
    private final long[] upTo;

    private final long[] roomBytes;

    private ChunkCut(List<SizedChunk> chunks, long[] roomBytes) {
        this.upTo = new long[chunks.size() + 1];
        for (int i = 0; i < chunks.size(); i++) {
            upTo[i + 1] = upTo[i] + chunks.get(i).bytes();
        }
        this.roomBytes = roomBytes;
    }

    /** Where each group's run ends, or empty when the room does not do. */
    static Optional<int[]> ends(List<SizedChunk> chunks, long[] roomBytes) {
        return new ChunkCut(chunks, roomBytes).ends();
    }

    private Optional<int[]> ends() {
        int[] earliest = earliestStarts();
        if (earliest[0] > 0) {
            return Optional.empty();
        }
        int[] ends = new int[roomBytes.length];
        double share = upTo[upTo.length - 1]
                / (double) Math.max(1, Arrays.stream(roomBytes).sum());
        double target = 0;
        int start = 0;
        for (int g = 0; g < roomBytes.length; g++) {
            target += share * roomBytes[g];
            int last = lastWithin(upTo[start] + roomBytes[g]);
            start = Math.clamp(nearest(target), Math.max(start, earliest[g + 1]), last);
            ends[g] = start;
        }
        return Optional.of(ends);
    }

    /** starts[g] is the first chunk from which on groups g, g+1, ... can hold everything. */
    private int[] earliestStarts() {
        int[] starts = new int[roomBytes.length + 1];
        starts[roomBytes.length] = upTo.length - 1;
        for (int g = roomBytes.length - 1; g >= 0; g--) {
            int start = starts[g + 1];
            while (start > 0 && upTo[starts[g + 1]] - upTo[start - 1] <= roomBytes[g]) {
                start--;
            }
            starts[g] = start;
        }
        return starts;
    }

    private int lastWithin(long bytes) {
        int found = Arrays.binarySearch(upTo, bytes);
        return found >= 0 ? found : -found - 2;
    }

    private int nearest(double bytes) {
        int below = lastWithin((long) bytes);
        boolean up = below + 1 < upTo.length && upTo[below + 1] - bytes < bytes - upTo[below];
        return up ? below + 1 : below;
    }
}
