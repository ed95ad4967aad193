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
    private final MemoryBudget budget = new MemoryBudget(4096);

    @Test
    void isAlignedToCacheLines() {
        for (int i = 0; i < 5; i++) {
            ChunkMemory memory = ChunkMemory.allocate(16L * (i + 1), budget);
            assertThat(memory.rows().address() % 64).isZero();
            memory.release();
        }
    }

    @Test
    void takesAndGivesBackItsShareOfTheBudget() {
        ChunkMemory memory = ChunkMemory.allocate(100, budget);

        assertThat(budget.usedBytes()).isEqualTo(128);
        memory.release();
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void isRefusedBeyondTheBudget() {
        ChunkMemory.allocate(4000, budget);

        assertThatThrownBy(() -> ChunkMemory.allocate(128, budget))
                .isInstanceOfSatisfying(MorphogenException.class, failure -> {
                    assertThat(failure.reason()).isEqualTo(FailureReason.CAPACITY_LACKING);
                    assertThat(failure.facts())
                            .containsEntry("limitBytes", "4096")
                            .containsEntry("neededBytes", "4160");
                });
        assertThat(budget.usedBytes()).isEqualTo(4032);
    }

    @Test
    void staysReadableForAScanAfterItsOwnerLetGo() {
        ChunkMemory memory = ChunkMemory.allocate(64, budget);
        memory.rows().set(ValueLayout.JAVA_LONG, 8, 42);
        ChunkLease lease = memory.lease().orElseThrow();

        memory.release();

        assertThat(lease.rows().get(ValueLayout.JAVA_LONG, 8)).isEqualTo(42);
        assertThat(budget.usedBytes()).isEqualTo(64);
        lease.close();
        lease.close();
        assertThat(budget.usedBytes()).isZero();
        assertThat(lease.rows().scope().isAlive()).isFalse();
    }

    @Test
    void givesNoLeaseOnceItIsFree() {
        ChunkMemory memory = ChunkMemory.allocate(64, budget);
        memory.release();

        assertThat(memory.lease()).isEmpty();
    }

    @Test
    void largeMemoryIsZeroedAlignedAndGivenBack() throws IOException {
        long bytes = 3 * HugePages.PAGE_BYTES + 4096;
        MemoryBudget large = new MemoryBudget(bytes);
        for (int round = 0; round < 20; round++) {
            ChunkMemory memory = ChunkMemory.allocate(bytes, large);
            MemorySegment rows = memory.rows();
            assertThat(rows.address() % 64).isZero();
            assertThat(rows.get(ValueLayout.JAVA_LONG, bytes - 8)).isZero();
            rows.fill((byte) 7);
            String start = Long.toHexString(rows.address());
            memory.release();

            assertThat(large.usedBytes()).isZero();
            Path maps = Path.of("/proc/self/maps");
            if (Files.exists(maps)) {
                assertThat(Files.readAllLines(maps)).noneMatch(line -> line.startsWith(start + "-"));
            }
        }
    }
}
