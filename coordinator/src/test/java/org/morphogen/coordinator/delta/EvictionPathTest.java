package org.morphogen.coordinator.delta;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Cases made by hand, in tables of one to eight rows a way: which path is taken, of several which one. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class EvictionPathTest {
    private static final long VALUE = 99;

    @Test
    void noStepIntoTheLowestEmptyWay() {
        TestTable table = new TestTable(4);
        TestKeys keys = new TestKeys(table.addressing());
        table.put(0, keys.standingIn(2, 0, 0), 1);
        byte[] key = keys.standingIn(2, 3, 1);

        List<RowChange> changes = changes(table, table.set(key, VALUE));

        assertThat(changes).containsExactly(new RowChange(new RowPlace(1, 3), table.rowOf(key, VALUE)));
    }

    /** All six rows one step on are empty: the occupant of way 0 goes to way 1. */
    @Test
    void ofManyShortPathsTheLowestWayMovesToTheLowest() {
        TestTable table = new TestTable(4);
        TestKeys keys = new TestKeys(table.addressing());
        byte[] first = keys.standingIn(0, 1, 1);
        table.put(0, first, 1);
        table.put(1, keys.standingIn(1, 0, 2), 2);
        table.put(2, keys.standingIn(2, 2, 0), 3);

        requirePath(table, keys.standingIn(0, 0, 0), new RowPlace(0, 0), new RowPlace(1, 1));
    }

    /** As before, but where way 0's occupant could go somebody stands; the next best is way 1's, to way 0. */
    @Test
    void oneStepFromTheNextWay() {
        TestTable table = new TestTable(4);
        TestKeys keys = new TestKeys(table.addressing());
        table.put(0, keys.standingIn(0, 1, 1), 1);
        table.put(1, keys.standingIn(1, 0, 2), 2);
        table.put(2, keys.standingIn(2, 2, 0), 3);
        table.put(1, keys.standingIn(3, 1, 3), 4);
        table.put(2, keys.standingIn(3, 3, 1), 5);

        requirePath(table, keys.standingIn(0, 0, 0), new RowPlace(1, 0), new RowPlace(0, 1));
    }

    /** The only empty row within two steps: behind the third occupant's first move. */
    @Test
    void twoSteps() {
        TestTable table = new TestTable(2);
        TestKeys keys = new TestKeys(table.addressing());
        table.put(0, keys.standingIn(0, 0, 0), 1);
        table.put(1, keys.standingIn(0, 0, 0), 2);
        table.put(2, keys.standingIn(1, 0, 0), 3);
        table.put(0, keys.standingIn(1, 0, 1), 4);

        requirePath(table, keys.standingIn(0, 0, 0), new RowPlace(2, 0), new RowPlace(0, 1), new RowPlace(2, 1));
    }

    /** A chain, and loops beside it: three keys that could only change places with each other. */
    @Test
    void threeSteps() {
        TestTable table = new TestTable(8);
        TestKeys keys = new TestKeys(table.addressing());
        table.put(0, keys.standingIn(0, 0, 0), 1);
        table.put(1, keys.standingIn(0, 0, 0), 2);
        table.put(2, keys.standingIn(0, 5, 0), 3);
        table.put(1, keys.standingIn(7, 5, 0), 4);
        table.put(0, keys.standingIn(7, 5, 6), 5);

        requirePath(
                table,
                keys.standingIn(0, 0, 0),
                new RowPlace(2, 0),
                new RowPlace(1, 5),
                new RowPlace(0, 7),
                new RowPlace(2, 6));
    }

    /** Two paths of two steps meet in one row: it is reached from the earlier one. */
    @Test
    void aRowReachedTwiceKeepsItsFirstWayThere() {
        TestTable table = new TestTable(4);
        TestKeys keys = new TestKeys(table.addressing());
        table.put(0, keys.standingIn(0, 0, 3), 1);
        table.put(1, keys.standingIn(0, 0, 3), 2);
        table.put(2, keys.standingIn(0, 0, 0), 3);
        table.put(2, keys.standingIn(2, 0, 3), 4);

        requirePath(table, keys.standingIn(0, 0, 0), new RowPlace(0, 0), new RowPlace(2, 3), new RowPlace(0, 2));
    }

    @Test
    void oneRowAWayHoldsThreeKeys() {
        TestTable table = new TestTable(1);
        for (int number = 0; number < 3; number++) {
            table.apply(changes(table, table.set(TestKeys.key(number), number)));
        }

        assertThat(table.planner().plan(List.of(table.set(TestKeys.key(3), 3)), table))
                .isEqualTo(new DeltaPlan.Full(1));
        assertThat(table.find(TestKeys.key(2))).containsExactly(2L);
    }

    /** The path is taken as a whole: everyone on it has moved one step, its row unchanged. */
    private static void requirePath(TestTable table, byte[] key, RowPlace... path) {
        List<byte[]> before = List.of(path).stream().map(table::row).toList();
        List<RowChange> changes = changes(table, table.set(key, VALUE));

        assertThat(changes).extracting(RowChange::place).containsExactlyInAnyOrder(path);
        table.apply(changes);
        assertThat(table.row(path[0])).isEqualTo(table.rowOf(key, VALUE));
        for (int i = 1; i < path.length; i++) {
            assertThat(table.row(path[i])).as("step %d", i).isEqualTo(before.get(i - 1));
        }
    }

    private static List<RowChange> changes(TestTable table, RowEdit edit) {
        return ((DeltaPlan.Planned) table.planner().plan(List.of(edit), table)).changes();
    }
}
