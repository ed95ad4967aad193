package org.morphogen.coordinator.delta;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
class EvictionSearchTest {
    private static final int ROWS_PER_WAY = 40_000;
    private static final int KEYS = 4000;
    private static final long SEED = 12;

    /** Holds the figures that the class states: rows examined at most and in the mean, steps of the longest path. */
    @ParameterizedTest
    @CsvSource({"0.85, 5, 25, 8", "0.90, 20, 120, 10", "0.91, 50, 350, 11"})
    void examinesFewRows(double load, double leastMean, double mostMean, int mostSteps) {
        TestTable table = BuiltTable.of((int) (load * TestTable.WAYS * ROWS_PER_WAY), ROWS_PER_WAY);
        MatrixRows rows =
                new MatrixRows(new ParentRows(table, TestTable.ROW_BYTES, new PlanningBounds(8192, 1 << 18, 0)));
        EvictionSearch search = new EvictionSearch(table.addressing());
        SplittableRandom random = new SplittableRandom(SEED);
        long examined = 0;
        for (int i = 0; i < KEYS; i++) {
            rows.put(
                    new RowPlace(random.nextInt(TestTable.WAYS), random.nextInt(ROWS_PER_WAY)),
                    new byte[TestTable.ROW_BYTES]);
            byte[] key = TestKeys.key(-1L - i);
            SearchOutcome.Path path = (SearchOutcome.Path)
                    search.search(candidates(table, key), places -> Optional.of(rows.tags(places)));
            rows.shift(path.places(), table.rowOf(key, i));
            examined += path.examined();
            assertThat(path.places()).as("seed %d, key %d", SEED, i).doesNotHaveDuplicates();
            assertThat(path.places().size() - 1).as("seed %d, key %d", SEED, i).isLessThanOrEqualTo(mostSteps);
        }
        assertThat((double) examined / KEYS).as("seed %d", SEED).isBetween(leastMean, mostMean);
    }

    /** Every row has an occupant, and there are more rows than are examined. */
    @Test
    void givesUpAtTheBound() {
        TestTable table = new TestTable(ROWS_PER_WAY);
        int[] asked = new int[1];
        SearchOutcome outcome = new EvictionSearch(table.addressing())
                .search(candidates(table, TestKeys.key(1)), places -> {
                    asked[0] += places.size();
                    return Optional.of(places.stream()
                            .mapToLong(place -> 1 + place.hashCode() * 0x9e3779b97f4a7c15L)
                            .toArray());
                });

        assertThat(outcome).isEqualTo(new SearchOutcome.NoPlace());
        assertThat(asked[0]).isEqualTo(EvictionSearch.MOST_EXAMINED);
    }

    @Test
    void stopsWhereTagsAreNotKnown() {
        TestTable table = new TestTable(8);
        assertThat(new EvictionSearch(table.addressing())
                        .search(candidates(table, TestKeys.key(1)), places -> Optional.empty()))
                .isEqualTo(new SearchOutcome.Unread());
    }

    private static List<RowPlace> candidates(TestTable table, byte[] key) {
        List<RowPlace> candidates = new ArrayList<>();
        for (int way = 0; way < TestTable.WAYS; way++) {
            candidates.add(new RowPlace(way, table.addressing().row(way, key)));
        }
        return candidates;
    }
}
