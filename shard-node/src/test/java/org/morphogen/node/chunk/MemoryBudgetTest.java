package org.morphogen.node.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.numa.Bank;
import org.morphogen.node.numa.Banks;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class MemoryBudgetTest {
    private static final Banks DEVICES = new Banks(List.of(new Bank(0, List.of()), new Bank(1, List.of())));

    @Test
    void takesWhereLeastIsTakenForTheCoresThere() {
        MemoryBudget budget =
                new MemoryBudget(1000, new Banks(List.of(new Bank(0, List.of(0)), new Bank(1, List.of(1, 2, 3)))));

        assertThat(List.of(
                        budget.reserve(100),
                        budget.reserve(100),
                        budget.reserve(100),
                        budget.reserve(100),
                        budget.reserve(100)))
                .containsExactly(0, 1, 1, 1, 0);
    }

    @Test
    void goesRoundABankWithoutRoom() {
        MemoryBudget budget = new MemoryBudget(1000, DEVICES, List.of(100L, 900L));

        assertThat(budget.reserve(300)).as("too large for the first").isEqualTo(1);
        assertThat(budget.reserve(100)).isZero();
        assertThat(budget.reserve(50))
                .as("the first is full, though less is taken there")
                .isEqualTo(1);
        budget.free(100, 0);
        assertThat(budget.reserve(100)).isZero();
    }

    @Test
    void refusesWhatFitsNoBankAlthoughAllTogetherHaveRoom() {
        MemoryBudget budget = new MemoryBudget(1000, DEVICES, List.of(400L, 400L));
        budget.reserve(150);

        assertThatThrownBy(() -> budget.reserve(500)).isInstanceOfSatisfying(MorphogenException.class, failure -> {
            assertThat(failure.reason()).isEqualTo(FailureReason.CAPACITY_LACKING);
            assertThat(failure.facts()).containsEntry("neededBytes", "500").containsEntry("roomBytes", "400");
        });
        assertThat(budget.usedBytes()).isEqualTo(150);
        assertThat(budget.reserve(400)).isEqualTo(1);
    }

    @Test
    void tellsBeforehandWhetherChunksFitTheirBanks() {
        MemoryBudget budget = new MemoryBudget(1000, DEVICES, List.of(350L, 250L));

        budget.requireRoomFor(List.of(100L, 100L, 100L, 100L, 100L));
        budget.requireRoomFor(List.of(50L, 250L, 300L));
        assertThatThrownBy(() -> budget.requireRoomFor(List.of(100L, 100L, 100L, 100L, 100L, 100L)))
                .as("one has room for three, the other for two")
                .isInstanceOfSatisfying(
                        MorphogenException.class,
                        failure -> assertThat(failure.facts())
                                .containsEntry("neededBytes", "100")
                                .containsEntry("roomBytes", "50"));
        assertThatThrownBy(() -> budget.requireRoomFor(List.of(300L, 301L)))
                .isInstanceOfSatisfying(
                        MorphogenException.class,
                        failure -> assertThat(failure.facts())
                                .containsEntry("neededBytes", "601")
                                .containsEntry("limitBytes", "600"));
    }

    @Test
    void banksTogetherBoundTheWhole() {
        assertThat(new MemoryBudget(1000, DEVICES, List.of(400L, 400L)).limitBytes())
                .isEqualTo(800);
        assertThat(new MemoryBudget(500, DEVICES, List.of(400L, 400L)).limitBytes())
                .isEqualTo(500);
        assertThat(new MemoryBudget(500, DEVICES, List.of(Long.MAX_VALUE, 400L)).limitBytes())
                .isEqualTo(500);
        assertThatThrownBy(() -> new MemoryBudget(500, DEVICES, List.of(400L)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 for 2 banks");
    }
}
