package org.morphogen.coordinator.delta;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Random blocks on small tables, held against a map and against a plainer planner. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class DeltaPlannerModelTest {
    private static final int TABLES = 150;
    private static final int BLOCKS = 25;
    private static final PlanningBounds ROW_BY_ROW = new PlanningBounds(1, 1, 0);
    private static final PlanningBounds FORGETFUL = new PlanningBounds(7, 11, 2);

    @Test
    void everyKeyStandsOnceAfterEveryBlock() {
        int planned = 0;
        int full = 0;
        for (long seed = 0; seed < TABLES; seed++) {
            Model model = new Model(seed);
            for (int block = 0; block < BLOCKS; block++) {
                switch (model.block("seed " + seed + ", block " + block)) {
                    case DeltaPlan.Planned _ -> planned++;
                    case DeltaPlan.Full _ -> full++;
                }
            }
        }
        assertThat(planned).isGreaterThan(TABLES * BLOCKS / 2);
        assertThat(full).isGreaterThan(0);
    }

    private static final class Model {
        private final Random random;
        private final int capacity;
        private final TestTable table;
        private final Map<Long, Long> values = new HashMap<>();

        Model(long seed) {
            random = new Random(seed);
            int rowsPerWay = 1 + random.nextInt(seed % 3 == 0 ? 8 : 150);
            capacity = TestTable.WAYS * rowsPerWay;
            table = new TestTable(rowsPerWay);
        }

        DeltaPlan block(String when) {
            Map<Long, Long> wanted = new HashMap<>(values);
            Set<Long> touched = new LinkedHashSet<>();
            List<RowEdit> edits = edits(wanted, touched);
            byte[][] before = table.matrix();
            DeltaPlan plan = table.planner().plan(edits, table);
            assertThat(plan).as(when).isEqualTo(reference(wanted, touched));
            requireSamePlanHoweverAsked(plan, edits, when);
            assertThat(table.matrix()).as(when).isDeepEqualTo(before);
            if (plan instanceof DeltaPlan.Planned planned) {
                requireUndone(planned, before, when);
                values.clear();
                values.putAll(wanted);
            }
            requireAllStanding(touched, when);
            return plan;
        }

        /** Fills the table to nine tenths; later blocks delete and update as much as they insert. */
        private List<RowEdit> edits(Map<Long, Long> wanted, Set<Long> touched) {
            List<RowEdit> edits = new ArrayList<>();
            int size = 1 + random.nextInt(Math.max(2, capacity / 4));
            for (int i = 0; i < size; i++) {
                boolean fresh = values.size() + i < capacity * 0.9 && random.nextInt(3) > 0;
                long key = fresh || values.isEmpty() ? random.nextLong() : anyKey();
                if (!touched.add(key)) {
                    continue;
                }
                if (random.nextInt(4) == 0) {
                    wanted.remove(key);
                    edits.add(TestTable.delete(TestKeys.key(key)));
                } else {
                    long value = random.nextInt(3);
                    wanted.put(key, value);
                    edits.add(table.set(TestKeys.key(key), value));
                }
            }
            return edits;
        }

        private DeltaPlan reference(Map<Long, Long> wanted, Set<Long> touched) {
            SortedMap<byte[], Optional<byte[]>> rows = new TreeMap<>(Arrays::compareUnsigned);
            for (long number : touched) {
                byte[] key = TestKeys.key(number);
                rows.put(key, Optional.ofNullable(wanted.get(number)).map(value -> table.rowOf(key, value)));
            }
            return new ReferencePlan(table, rows).plan();
        }

        private long anyKey() {
            return values.keySet().stream()
                    .skip(random.nextInt(values.size()))
                    .findFirst()
                    .orElseThrow();
        }

        private void requireSamePlanHoweverAsked(DeltaPlan plan, List<RowEdit> edits, String when) {
            List<RowEdit> shuffled = new ArrayList<>(edits);
            Collections.shuffle(shuffled, random);
            assertThat(table.planner(ROW_BY_ROW).plan(shuffled, table)).as(when).isEqualTo(plan);
            assertThat(table.planner(FORGETFUL).plan(edits, table)).as(when).isEqualTo(plan);
        }

        private void requireUndone(DeltaPlan.Planned planned, byte[][] before, String when) {
            List<RowPlace> places =
                    planned.changes().stream().map(RowChange::place).toList();
            assertThat(places).as(when).isSorted().doesNotHaveDuplicates();
            assertThat(planned.changes()).as(when).noneMatch(change -> isZero(change.diff()));
            table.apply(planned.changes());
            table.apply(planned.changes());
            assertThat(table.matrix()).as(when).isDeepEqualTo(before);
            table.apply(planned.changes());
        }

        private void requireAllStanding(Set<Long> touched, String when) {
            assertThat(table.occupied()).as(when).isEqualTo(values.size());
            values.forEach((key, value) ->
                    assertThat(table.find(TestKeys.key(key))).as(when).containsExactly(value));
            for (long key : touched) {
                if (!values.containsKey(key)) {
                    assertThat(table.find(TestKeys.key(key))).as(when).isEmpty();
                }
            }
        }

        private static boolean isZero(byte[] bytes) {
            for (byte b : bytes) {
                if (b != 0) {
                    return false;
                }
            }
            return true;
        }
    }
}
