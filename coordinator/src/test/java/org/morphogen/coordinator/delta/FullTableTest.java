package org.morphogen.coordinator.delta;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A table far larger than a search, without an empty row. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class FullTableTest {
    private static final int ROWS_PER_WAY = 40_000;
    private static final long SEED = 31;

    private final TestTable table = new TestTable(ROWS_PER_WAY);
    private long rowsRead;

    /** Any tag may stand anywhere: its other rows follow from where it stands. */
    @Test
    void isGivenUpWithBoundedReadingAndChangesNothing() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int way = 0; way < TestTable.WAYS; way++) {
            for (int row = 0; row < ROWS_PER_WAY; row++) {
                byte[] bytes = new byte[TestTable.ROW_BYTES];
                random.nextBytes(bytes);
                table.put(new RowPlace(way, row), bytes);
            }
        }
        byte[][] before = table.matrix();
        List<RowEdit> edits = new ArrayList<>();
        for (int number = 0; number < 300; number++) {
            edits.add(table.set(TestKeys.key(number), number));
        }

        DeltaPlan plan = table.planner().plan(edits, this::read);

        assertThat(plan).isEqualTo(new DeltaPlan.Full(DeltaPlan.Full.MOST_HOMELESS));
        assertThat(rowsRead).isLessThanOrEqualTo(TestTable.WAYS * ROWS_PER_WAY);
        assertThat(table.matrix()).isDeepEqualTo(before);
    }

    private List<byte[]> read(List<RowPlace> places) {
        rowsRead += places.size();
        return table.read(places);
    }
}
