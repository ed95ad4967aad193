package org.morphogen.node.cuda;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.morphogen.node.chunk.ChunkRows;
import org.morphogen.node.chunk.RowDiffs;

/** A chunk's rows in the memory of a GPU, in the order that {@code layout.cuh} tells. */
final class GpuRows implements ChunkRows {
    private static final ValueLayout.OfInt WORD = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    /** The rows that the layout keeps together; a chunk takes whole ones. */
    private static final int PAIR_ROWS = 256;
    /** What kernels bring in at once. */
    private static final int GROUP_ROWS = 32;

    private static final int MOST_BLOCKS = 1 << 12;

    private final Gpu gpu;
    private final int rowBytes;
    private final int rows;
    private final long address;
    private @Nullable Loading loading;
    private volatile boolean spoilt;

    private GpuRows(Gpu gpu, int rowBytes, int rows) {
        this.gpu = gpu;
        this.rowBytes = rowBytes;
        this.rows = rows;
        this.address = gpu.driver().allocate(bytes(rowBytes, rows));
    }

    /** Takes the memory, all zeros. Fails with OutOfMemoryError, taking nothing, when the GPU has none. */
    static GpuRows allocate(Gpu gpu, int rowBytes, int rows) {
        try {
            GpuRows taken = new GpuRows(gpu, rowBytes, rows);
            taken.clear();
            return taken;
        } catch (CudaFailure failed) {
            if (failed.isOutOfMemory()) {
                throw new OutOfMemoryError(
                        "GPU " + gpu.facts().index() + " gave no " + bytes(rowBytes, rows) + " bytes");
            }
            throw failed;
        }
    }

    private void clear() {
        try {
            gpu.touch(staging -> {
                gpu.driver().zero(address, bytes(rowBytes, rows), staging.stream());
                staging.await();
            });
        } catch (RuntimeException | Error failed) {
            free();
            throw failed;
        }
    }

    /** Bytes that a chunk takes on a GPU. */
    static long bytes(int rowBytes, int rows) {
        return (((long) rows + PAIR_ROWS - 1) & -PAIR_ROWS) * rowBytes;
    }

    Gpu gpu() {
        return gpu;
    }

    /** Where that row begins, which is the first of a pair. */
    long address(int row) {
        if (row % PAIR_ROWS != 0) {
            throw new IllegalArgumentException("row: " + row + " is not the first of a pair of leaves");
        }
        return address + (long) row * rowBytes;
    }

    @Override
    public int rowBytes() {
        return rowBytes;
    }

    @Override
    public int rows() {
        return rows;
    }

    /** Rows that wait for more of them, so that few large pieces travel. */
    private final class Loading {
        private final Staging staging = gpu.loading().borrow();
        private final int room = Staging.HALF_BYTES / rowBytes & -GROUP_ROWS;
        private MemorySegment half = MemorySegment.NULL;
        private int first;
        private int count;

        void add(MemorySegment plain, int firstRow) {
            int row = 0;
            int all = (int) (plain.byteSize() / rowBytes);
            while (row < all) {
                if (count == room || first + count != firstRow + row) {
                    send();
                }
                if (count == 0) {
                    half = staging.next();
                    first = firstRow + row;
                }
                int some = Math.min(all - row, room - count);
                MemorySegment.copy(plain, (long) row * rowBytes, half, (long) count * rowBytes, (long) some * rowBytes);
                count += some;
                row += some;
            }
        }

        void send() {
            if (count % GROUP_ROWS != 0) {
                throw new IllegalArgumentException("rows: a stretch of " + count + " is not of whole " + GROUP_ROWS);
            }
            if (count > 0) {
                staging.send((long) count * rowBytes);
                launchOverWords("slice_rows", staging, first, count);
                staging.begun();
                count = 0;
            }
        }
    }

    @Override
    public void write(MemorySegment plain, int firstRow) {
        Loading under = loading == null ? new Loading() : loading;
        loading = under;
        under.add(plain, firstRow);
    }

    @Override
    public void written() {
        Loading under = loading;
        if (under != null) {
            under.send();
            under.staging.await();
            loading = null;
            gpu.loading().giveBack(under.staging);
        }
    }

    @Override
    public void read(int firstRow, int count, byte[] into, int intoOffset) {
        requireWhole();
        int room = Staging.HALF_BYTES / rowBytes;
        gpu.touch(staging -> {
            for (int row = 0; row < count; row += room) {
                int some = Math.min(count - row, room);
                MemorySegment half = staging.next();
                launchOverWords("plain_rows", staging, firstRow + row, some);
                gpu.driver().copyToHost(half.asSlice(0, (long) some * rowBytes), staging.device(), staging.stream());
                staging.await();
                MemorySegment.copy(half, ValueLayout.JAVA_BYTE, 0, into, intoOffset + row * rowBytes, some * rowBytes);
            }
        });
    }

    /** A kernel between plain rows in the staging's memory and the chunk's. */
    private void launchOverWords(String kernel, Staging staging, int firstRow, int count) {
        int rowWords = rowBytes / Integer.BYTES;
        long tasks = (long) (count / GROUP_ROWS + 2) * rowWords;
        MemorySegment arguments = staging.arguments()
                .put(address)
                .put(staging.device())
                .put((long) firstRow)
                .put(count)
                .put(rowWords)
                .bytes();
        gpu.driver().launch(kernel, blocks(tasks * GROUP_ROWS), 1, ScanShape.THREADS, 0, staging.stream(), arguments);
    }

    private static int blocks(long threads) {
        return Math.clamp((threads + ScanShape.THREADS - 1) / ScanShape.THREADS, 1, MOST_BLOCKS);
    }

    @Override
    public void xor(RowDiffs diffs) {
        gpu.touch(staging -> {
            Merge merge = new Merge(staging);
            try {
                diffs.forEach(merge);
                merge.send();
                staging.await();
            } catch (RuntimeException | Error failed) {
                if (merge.begun) {
                    // Nobody can tell which differences are in, so that they can neither be given again nor taken back.
                    spoilt = true;
                    gpu.spoilt(this, failed);
                }
                throw failed;
            }
        });
    }

    /** Fails when a merge was not finished, so that what they hold is of no epoch. */
    void requireWhole() {
        if (spoilt) {
            throw new IllegalStateException("rows: a merge into them was not finished");
        }
    }

    /** Differences on their way into the rows: their row numbers, and from the same place on always, they themselves. */
    private final class Merge implements RowDiffs.Each {
        private final Staging staging;
        private final int room = (Staging.HALF_BYTES - Integer.BYTES) / (rowBytes + Integer.BYTES);
        private final long diffsAt = ((long) room * Integer.BYTES + 15) & -16;
        private MemorySegment half = MemorySegment.NULL;
        private int count;
        private boolean begun;

        Merge(Staging staging) {
            this.staging = staging;
        }

        @Override
        public void diff(int row, byte[] diff, int offset) {
            if (diffsAt + (long) (count + 1) * rowBytes > Staging.HALF_BYTES) {
                send();
            }
            if (count == 0) {
                half = staging.next();
            }
            half.set(WORD, (long) count * Integer.BYTES, row);
            MemorySegment.copy(diff, offset, half, ValueLayout.JAVA_BYTE, diffsAt + (long) count * rowBytes, rowBytes);
            count++;
        }

        void send() {
            if (count == 0) {
                return;
            }
            staging.send(diffsAt + (long) count * rowBytes);
            int rowWords = rowBytes / Integer.BYTES;
            MemorySegment arguments = staging.arguments()
                    .put(address)
                    .put(staging.device())
                    .put(staging.device() + diffsAt)
                    .put(count)
                    .put(rowWords)
                    .bytes();
            int blocks = blocks((long) count * rowWords * (Integer.SIZE / 2));
            gpu.driver().launch("merge_rows", blocks, 1, ScanShape.THREADS, 0, staging.stream(), arguments);
            begun = true;
            staging.begun();
            count = 0;
        }
    }

    @Override
    public boolean isLost() {
        return spoilt || gpu.driver().fatalFailure().isPresent();
    }

    @Override
    public void free() {
        Loading unfinished = loading;
        if (unfinished != null) {
            loading = null;
            gpu.loading().discard(unfinished.staging);
        }
        gpu.forget(this);
        gpu.free(address);
    }
}
