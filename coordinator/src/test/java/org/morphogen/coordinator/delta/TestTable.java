package org.morphogen.coordinator.delta;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.morphogen.addressing.TableAddressing;
import org.morphogen.addressing.TableSeeds;
import org.morphogen.row.RowTag;

/** A table in memory, its rows 32 bytes: tag, value, zeros. Counts the calls that read it. */
final class TestTable implements RowReader {
    static final int ROW_BYTES = 32;
    static final int WAYS = 3;

    private final TableAddressing addressing;
    private final byte[][] ways;
    private int calls;

    TestTable(int rowsPerWay) {
        addressing = new TableAddressing(TableSeeds.derive(new byte[] {3}, "accounts", WAYS, 0), rowsPerWay);
        ways = new byte[WAYS][rowsPerWay * ROW_BYTES];
    }

    TestTable copy() {
        TestTable copy = new TestTable((int) addressing.rowsPerWay());
        for (int way = 0; way < WAYS; way++) {
            System.arraycopy(ways[way], 0, copy.ways[way], 0, ways[way].length);
        }
        return copy;
    }

    TableAddressing addressing() {
        return addressing;
    }

    DeltaPlanner planner() {
        return new DeltaPlanner(addressing, ROW_BYTES);
    }

    DeltaPlanner planner(PlanningBounds bounds) {
        return new DeltaPlanner(addressing, ROW_BYTES, bounds);
    }

    byte[] rowOf(byte[] key, long value) {
        return ByteBuffer.allocate(ROW_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(addressing.tag(key))
                .putLong(value)
                .array();
    }

    /** Gives the key this value, be it new or not. */
    RowEdit set(byte[] key, long value) {
        return new RowEdit(key, current -> Optional.of(rowOf(key, value)));
    }

    static RowEdit delete(byte[] key) {
        return new RowEdit(key, current -> Optional.empty());
    }

    /** Puts the key there, whatever stood there. */
    void put(int way, byte[] key, long value) {
        put(new RowPlace(way, addressing.row(way, key)), rowOf(key, value));
    }

    void put(RowPlace place, byte[] row) {
        System.arraycopy(row, 0, ways[place.way()], at(place), ROW_BYTES);
    }

    void apply(List<RowChange> changes) {
        for (RowChange change : changes) {
            byte[] diff = change.diff();
            for (int i = 0; i < ROW_BYTES; i++) {
                ways[change.place().way()][at(change.place()) + i] ^= diff[i];
            }
        }
    }

    byte[] row(RowPlace place) {
        return Arrays.copyOfRange(ways[place.way()], at(place), at(place) + ROW_BYTES);
    }

    /** The values of all the key's candidates that carry its tag. */
    List<Long> find(byte[] key) {
        List<Long> found = new ArrayList<>();
        for (int way = 0; way < WAYS; way++) {
            byte[] row = row(new RowPlace(way, addressing.row(way, key)));
            if (RowTag.matches(row, 0, addressing.tag(key))) {
                found.add(ByteBuffer.wrap(row).order(ByteOrder.LITTLE_ENDIAN).getLong(RowTag.BYTES));
            }
        }
        return found;
    }

    int occupied() {
        int occupied = 0;
        for (byte[] way : ways) {
            for (int at = 0; at < way.length; at += ROW_BYTES) {
                occupied += RowTag.isEmpty(way, at, ROW_BYTES) ? 0 : 1;
            }
        }
        return occupied;
    }

    /** All bytes, to compare. */
    byte[][] matrix() {
        return Arrays.stream(ways).map(byte[]::clone).toArray(byte[][]::new);
    }

    int calls() {
        return calls;
    }

    @Override
    public List<byte[]> read(List<RowPlace> places) {
        calls++;
        assertThat(places).isNotEmpty().hasSizeLessThanOrEqualTo(MOST_PLACES);
        assertThat(new HashSet<>(places)).hasSameSizeAs(places);
        return places.stream().map(this::row).toList();
    }

    private static int at(RowPlace place) {
        return (int) place.row() * ROW_BYTES;
    }
}
