package org.morphogen.coordinator.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class ParentRowsTest {
    private static final int ROW_BYTES = 16;

    private final List<Integer> calls = new ArrayList<>();
    private final RowReader reader = places -> {
        calls.add(places.size());
        return places.stream().map(place -> rowAt(place)).toList();
    };

    @Test
    void asksOnceForEachRowInFullCalls() {
        ParentRows rows = new ParentRows(reader, ROW_BYTES, new PlanningBounds(4, 100, 0));

        rows.fetch(places(0, 10));
        rows.fetch(places(5, 15));

        assertThat(calls).containsExactly(4, 4, 2, 4, 1);
        assertThat(rows.row(new RowPlace(0, 14))).isEqualTo(rowAt(new RowPlace(0, 14)));
        assertThat(calls).hasSize(5);
    }

    @Test
    void forgetsWhenFullAndReadsAgain() {
        ParentRows rows = new ParentRows(reader, ROW_BYTES, new PlanningBounds(4, 6, 0));

        rows.fetch(places(0, 8));

        assertThat(calls).containsExactly(4, 4);
        assertThat(rows.kept(new RowPlace(0, 0))).isEmpty();
        assertThat(rows.kept(new RowPlace(0, 7))).isPresent();
        assertThat(rows.room()).isEqualTo(2);
        assertThat(rows.row(new RowPlace(0, 0))).isEqualTo(rowAt(new RowPlace(0, 0)));
        assertThat(calls).containsExactly(4, 4, 1);
    }

    @Test
    void usualBoundsKeepToTheStatedMemory() {
        for (int rowBytes : new int[] {16, 64, 4096, 32 << 10}) {
            PlanningBounds bounds = PlanningBounds.usual(rowBytes);
            assertThat((long) bounds.cachedRows() * rowBytes).isLessThanOrEqualTo(128 << 20);
            assertThat(bounds.placesACall()).isBetween(4000, RowReader.MOST_PLACES);
        }
    }

    @Test
    void refusesImpossibleBounds() {
        assertThatThrownBy(() -> new PlanningBounds(0, 1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PlanningBounds(2, 1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PlanningBounds(1, 1, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    private static byte[] rowAt(RowPlace place) {
        byte[] row = new byte[ROW_BYTES];
        row[0] = 1;
        row[8] = (byte) place.row();
        return row;
    }

    private static List<RowPlace> places(int from, int to) {
        List<RowPlace> places = new ArrayList<>();
        for (int row = from; row < to; row++) {
            places.add(new RowPlace(0, row));
        }
        return places;
    }
}
