package org.morphogen.node.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class ChunkMemoryTest {
    private static final int ROW_BYTES = 16;
    private static final int ROWS = 128;
    /** Of the smallest chunk that there is. */
    private static final int BYTES = ROW_BYTES * ROWS;

    private final MemoryBudget budget = new MemoryBudget(3 * BYTES);
    private final HostMemory memory = new HostMemory(budget);

    @Test
    void isAlignedToCacheLines() {
        for (int rowBytes = 16; rowBytes <= 48; rowBytes += 16) {
            ChunkMemory chunk = ChunkMemory.allocate(rowBytes, ROWS, memory);
            assertThat(segment(chunk.rows()).address() % 64).isZero();
            chunk.release();
        }
    }

    @Test
    void takesAndGivesBackItsShareOfTheBudget() {
        ChunkMemory chunk = ChunkMemory.allocate(ROW_BYTES, 2 * ROWS, memory);

        assertThat(budget.usedBytes()).isEqualTo(2 * BYTES);
        chunk.release();
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void isRefusedBeyondTheBudget() {
        ChunkMemory.allocate(ROW_BYTES, 2 * ROWS, memory);

        assertThatThrownBy(() -> ChunkMemory.allocate(ROW_BYTES, 2 * ROWS, memory))
                .isInstanceOfSatisfying(MorphogenException.class, failure -> {
                    assertThat(failure.reason()).isEqualTo(FailureReason.CAPACITY_LACKING);
                    assertThat(failure.facts())
                            .containsEntry("limitBytes", Integer.toString(3 * BYTES))
                            .containsEntry("neededBytes", Integer.toString(4 * BYTES));
                });
        assertThat(budget.usedBytes()).isEqualTo(2 * BYTES);
    }

    @Test
    void takesNothingWhenTheMachineHasLess() {
        RowMemory empty = new OtherMemory() {
            @Override
            public ChunkRows allocate(int rowBytes, int rows, int bank) {
                throw new OutOfMemoryError("as a machine does");
            }
        };

        assertThatThrownBy(() -> ChunkMemory.allocate(ROW_BYTES, ROWS, empty))
                .isInstanceOfSatisfying(
                        MorphogenException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(FailureReason.CAPACITY_LACKING));
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void takesWhatTheMemorySays() {
        ChunkMemory chunk = ChunkMemory.allocate(ROW_BYTES, ROWS, new OtherMemory());

        assertThat(budget.usedBytes()).isEqualTo(BYTES + 64);
        chunk.release();
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void staysReadableForAScanAfterItsOwnerLetGo() {
        ChunkMemory chunk = ChunkMemory.allocate(ROW_BYTES, ROWS, memory);
        segment(chunk.rows()).set(ValueLayout.JAVA_LONG, 8, 42);
        ChunkLease lease = chunk.lease().orElseThrow();

        chunk.release();

        assertThat(segment(lease.rows()).get(ValueLayout.JAVA_LONG, 8)).isEqualTo(42);
        assertThat(budget.usedBytes()).isEqualTo(BYTES);
        lease.close();
        lease.close();
        assertThat(budget.usedBytes()).isZero();
        assertThat(segment(lease.rows()).scope().isAlive()).isFalse();
    }

    @Test
    void givesNoLeaseOnceItIsFree() {
        ChunkMemory chunk = ChunkMemory.allocate(ROW_BYTES, ROWS, memory);
        chunk.release();

        assertThat(chunk.lease()).isEmpty();
    }

    @Test
    void largeMemoryIsZeroedAlignedAndGivenBack() throws IOException {
        int rowBytes = 4096;
        int rows = (int) (3 * HugePages.PAGE_BYTES / rowBytes) + ROWS;
        long bytes = (long) rows * rowBytes;
        MemoryBudget large = new MemoryBudget(bytes);
        for (int round = 0; round < 20; round++) {
            ChunkMemory chunk = ChunkMemory.allocate(rowBytes, rows, new HostMemory(large));
            MemorySegment segment = segment(chunk.rows());
            assertThat(segment.address() % 64).isZero();
            assertThat(segment.get(ValueLayout.JAVA_LONG, bytes - 8)).isZero();
            segment.fill((byte) 7);
            String start = Long.toHexString(segment.address());
            chunk.release();

            assertThat(large.usedBytes()).isZero();
            Path maps = Path.of("/proc/self/maps");
            if (Files.exists(maps)) {
                assertThat(Files.readAllLines(maps)).noneMatch(line -> line.startsWith(start + "-"));
            }
        }
    }

    private static MemorySegment segment(ChunkRows rows) {
        return ((HostRows) rows).segment();
    }

    /** Takes a little more than the rows. */
    private class OtherMemory implements RowMemory {
        @Override
        public MemoryBudget budget() {
            return budget;
        }

        @Override
        public long reservedBytes(int rowBytes, int rows) {
            return memory.reservedBytes(rowBytes, rows) + 64;
        }

        @Override
        public ChunkRows allocate(int rowBytes, int rows, int bank) {
            return memory.allocate(rowBytes, rows, bank);
        }

        @Override
        public long segmentBytes() {
            return memory.segmentBytes();
        }
    }
}
