package org.morphogen.coordinator.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class DeltaPlannerTest {
    private final TestTable table = new TestTable(128);

    @Test
    void aChangeSeesTheRowAsItStands() {
        byte[] key = TestKeys.key(5);
        table.put(1, key, 40);
        List<Optional<byte[]>> seen = new ArrayList<>();
        RowEdit edit = new RowEdit(key, current -> {
            seen.add(current);
            return Optional.of(table.rowOf(key, 41));
        });

        table.apply(planned(List.of(edit)));

        assertThat(seen).hasSize(1);
        assertThat(seen.getFirst()).hasValueSatisfying(row -> assertThat(row).isEqualTo(table.rowOf(key, 40)));
        assertThat(table.find(key)).containsExactly(41L);
    }

    @Test
    void nothingChangesWhereTheRowIsAsWanted() {
        table.put(2, TestKeys.key(5), 40);

        assertThat(planned(List.of(table.set(TestKeys.key(5), 40)))).isEmpty();
        assertThat(planned(List.of(TestTable.delete(TestKeys.key(6))))).isEmpty();
        assertThat(planned(List.of())).isEmpty();
        assertThat(table.calls()).isEqualTo(2);
    }

    /** The greater key goes, the lesser comes: still the row that was left is free for it. */
    @Test
    void deletionsMakeRoomForAllNewKeys() {
        TestTable small = new TestTable(2);
        TestKeys keys = new TestKeys(small.addressing());
        byte[] comes = keys.standingIn(1, 0, 0);
        byte[] goes = keys.standingIn(1, 1, 1);
        small.put(0, goes, 7);

        List<RowChange> changes =
                changes(small.planner().plan(List.of(small.set(comes, 8), TestTable.delete(goes)), small));

        byte[] diff = small.rowOf(goes, 7);
        byte[] now = small.rowOf(comes, 8);
        for (int i = 0; i < diff.length; i++) {
            diff[i] ^= now[i];
        }
        assertThat(changes).containsExactly(new RowChange(new RowPlace(0, 1), diff));
    }

    /** A key that is updated and then moved is moved as updated. */
    @Test
    void evictionsMoveUpdatedRows() {
        TestTable small = new TestTable(4);
        TestKeys keys = new TestKeys(small.addressing());
        byte[] moved = keys.standingIn(0, 1, 1);
        small.put(0, moved, 1);
        small.put(1, keys.standingIn(1, 0, 2), 2);
        small.put(2, keys.standingIn(2, 2, 0), 3);
        byte[] comes = keys.standingIn(0, 0, 0);

        small.apply(changes(small.planner().plan(List.of(small.set(comes, 8), small.set(moved, 9)), small)));

        assertThat(small.row(new RowPlace(0, 0))).isEqualTo(small.rowOf(comes, 8));
        assertThat(small.row(new RowPlace(1, 1))).isEqualTo(small.rowOf(moved, 9));
    }

    /** Both want way 0; the second finds the first there, moves nobody and takes way 1. */
    @Test
    void aNewKeySeesThoseBeforeIt() {
        TestTable small = new TestTable(4);
        TestKeys keys = new TestKeys(small.addressing());
        byte[] first = keys.standingIn(2, 1, 1);
        byte[] second = keys.standingIn(2, 3, 3);

        List<RowChange> changes =
                changes(small.planner().plan(List.of(small.set(second, 2), small.set(first, 1)), small));

        assertThat(changes)
                .containsExactly(
                        new RowChange(new RowPlace(0, 2), small.rowOf(first, 1)),
                        new RowChange(new RowPlace(1, 3), small.rowOf(second, 2)));
    }

    /** Byte 0x80 is greater than 0x7f, and a key that begins another is less. */
    @Test
    void keysAreOrderedAsUnsignedBytes() {
        TestTable single = new TestTable(1);
        byte[] least = {0x7f};
        byte[] middle = {0x7f, 0};
        byte[] greatest = {(byte) 0x80};
        List<RowEdit> edits = List.of(single.set(greatest, 3), single.set(middle, 2), single.set(least, 1));

        List<RowChange> changes = changes(single.planner().plan(edits, single));

        assertThat(changes)
                .containsExactly(
                        new RowChange(new RowPlace(0, 0), single.rowOf(least, 1)),
                        new RowChange(new RowPlace(1, 0), single.rowOf(middle, 2)),
                        new RowChange(new RowPlace(2, 0), single.rowOf(greatest, 3)));
    }

    @Test
    void aFullTableCountsTheHomelessUpToItsLimit() {
        TestTable single = new TestTable(1);
        byte[][] before = single.matrix();
        for (int newKeys = 4; newKeys < 16; newKeys++) {
            List<RowEdit> edits = new ArrayList<>();
            for (int i = 0; i < newKeys; i++) {
                edits.add(single.set(TestKeys.key(i), i));
            }
            assertThat(single.planner().plan(edits, single))
                    .isEqualTo(new DeltaPlan.Full(Math.min(newKeys - 3, DeltaPlan.Full.MOST_HOMELESS)));
        }
        assertThat(single.matrix()).isDeepEqualTo(before);
    }

    @Test
    void refusesAKeyGivenTwice() {
        List<RowEdit> edits = List.of(
                table.set(TestKeys.key(1), 1), table.set(TestKeys.key(2), 2), TestTable.delete(TestKeys.key(1)));

        requireFailure(
                FailureReason.REQUEST_INVALID, "twice", () -> table.planner().plan(edits, table));
        assertThat(table.calls()).isZero();
    }

    @Test
    void refusesRowsThatAreNotTheKeys() {
        byte[] key = TestKeys.key(1);
        for (byte[] wrong : List.of(table.rowOf(TestKeys.key(2), 1), new byte[TestTable.ROW_BYTES], new byte[8])) {
            RowEdit edit = new RowEdit(key, current -> Optional.of(wrong));
            requireFailure(
                    FailureReason.INTERNAL, "wanted row", () -> table.planner().plan(List.of(edit), table));
        }
    }

    @Test
    void refusesAReaderThatGivesOtherRowsThanAsked() {
        requireRefused(places -> List.of(), "the reader gave 0");
        requireRefused(
                places -> places.stream()
                        .map(place -> new byte[TestTable.ROW_BYTES - 1])
                        .toList(),
                "31");
        requireRefused(places -> places.stream().map(place -> new byte[0]).toList(), "gave one of 0");
    }

    @Test
    void refusesRowsThatNoTableHas() {
        byte[] key = TestKeys.key(1);
        byte[] tagless = table.rowOf(key, 5);
        Arrays.fill(tagless, 0, 8, (byte) 0);
        table.put(new RowPlace(0, table.addressing().row(0, key)), tagless);
        requireFailure(
                FailureReason.SNAPSHOT_INVALID,
                "tag 0",
                () -> table.planner().plan(List.of(TestTable.delete(key)), table));

        table.put(0, key, 1);
        table.put(1, key, 1);
        requireFailure(
                FailureReason.SNAPSHOT_INVALID,
                "2 rows at once",
                () -> table.planner().plan(List.of(TestTable.delete(key)), table));
    }

    @Test
    void refusesImpossibleRowSizes() {
        for (int rowBytes : new int[] {0, 8, 24, -16, (32 << 10) + 16}) {
            assertThatThrownBy(() -> new DeltaPlanner(table.addressing(), rowBytes))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("row bytes:");
        }
    }

    private void requireRefused(RowReader reader, String what) {
        List<RowEdit> edits = List.of(table.set(TestKeys.key(1), 1));
        requireFailure(FailureReason.INTERNAL, what, () -> table.planner().plan(edits, reader));
    }

    private static void requireFailure(FailureReason reason, String what, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        MorphogenException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(reason))
                .hasMessageContaining(what);
    }

    private List<RowChange> planned(List<RowEdit> edits) {
        return changes(table.planner().plan(edits, table));
    }

    private static List<RowChange> changes(DeltaPlan plan) {
        return ((DeltaPlan.Planned) plan).changes();
    }
}
