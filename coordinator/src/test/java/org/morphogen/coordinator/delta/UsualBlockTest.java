package org.morphogen.coordinator.delta;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.coordinator.building.cuckoo.LoadFactor;

/** Blocks of 1,500 changed keys, 150 of them new, on a table that the builder has filled to load 0.90. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class UsualBlockTest {
    private static final int KEYS = 300_000;
    private static final int BLOCKS = 20;
    private static final int CHANGED = 1500;
    private static final int NEW = 150;
    private static final int MOST_CALLS = 12;
    private static final double MOST_CALLS_IN_THE_MEAN = 9.5;
    private static final long SEED = 77;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final TestTable table = BuiltTable.of(KEYS, (int) LoadFactor.USUAL.rowsPerWay(KEYS));
    private final List<Long> present = new ArrayList<>();
    private long nextKey = KEYS;

    /** One call for the candidates, one for each step of the longest path, then some for keys in each other's way. */
    @Test
    void takesFewCallsOfTheReader() {
        for (long key = 0; key < KEYS; key++) {
            present.add(key);
        }
        List<Integer> calls = new ArrayList<>();
        for (int block = 0; block < BLOCKS; block++) {
            Map<Long, Long> wanted = new LinkedHashMap<>();
            List<RowEdit> edits = block(wanted);
            int before = table.calls();
            DeltaPlan plan = table.planner().plan(edits, table);
            calls.add(table.calls() - before);

            table.apply(((DeltaPlan.Planned) plan).changes());
            wanted.forEach((key, value) -> assertThat(table.find(TestKeys.key(key)))
                    .as("seed %d, key %d", SEED, key)
                    .containsExactly(value));
        }
        assertThat(table.occupied()).as("seed %d", SEED).isEqualTo(KEYS);
        assertThat(calls).as("seed %d", SEED).allMatch(count -> count <= MOST_CALLS);
        assertThat(calls.stream().mapToInt(count -> count).average().orElseThrow())
                .as("seed %d, %s", SEED, calls)
                .isLessThanOrEqualTo(MOST_CALLS_IN_THE_MEAN);
    }

    /** As many keys go as come. */
    private List<RowEdit> block(Map<Long, Long> wanted) {
        List<RowEdit> edits = new ArrayList<>();
        for (int i = 0; i < NEW; i++) {
            edits.add(TestTable.delete(TestKeys.key(takeAny())));
        }
        while (wanted.size() < CHANGED - 2 * NEW) {
            wanted.put(present.get(random.nextInt(present.size())), random.nextLong());
        }
        for (int i = 0; i < NEW; i++) {
            present.add(nextKey);
            wanted.put(nextKey++, random.nextLong());
        }
        wanted.forEach((key, value) -> edits.add(table.set(TestKeys.key(key), value)));
        return edits;
    }

    private long takeAny() {
        int at = random.nextInt(present.size());
        long key = present.get(at);
        present.set(at, present.getLast());
        present.removeLast();
        return key;
    }
}
