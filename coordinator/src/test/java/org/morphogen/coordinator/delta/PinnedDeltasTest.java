package org.morphogen.coordinator.delta;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.snapshot.Sha256;

/** Two parties whose programs differ would part here: the same blocks give the same bytes, in every version. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class PinnedDeltasTest {
    private static final int ROWS_PER_WAY = 256;
    private static final int KEYS = (int) (0.9 * TestTable.WAYS * ROWS_PER_WAY);
    private static final int NUMBERS = 2 * KEYS;
    private static final int BLOCKS = 100;
    private static final long SEED = 2026;

    private final Random random = new Random(SEED);
    private final TestTable table = new TestTable(ROWS_PER_WAY);
    private final Set<Integer> present = new HashSet<>();

    @Test
    void aSeriesOfBlocksGivesThePinnedDigest() {
        MessageDigest digest = Sha256.digest();
        for (int block = 0; block < BLOCKS; block++) {
            DeltaPlan plan = table.planner().plan(block(), table);
            List<RowChange> changes = ((DeltaPlan.Planned) plan).changes();
            table.apply(changes);
            changes.forEach(change -> update(digest, change));
        }

        assertThat(table.occupied()).isEqualTo(present.size()).isGreaterThan(KEYS - 10);
        assertThat(HexFormat.of().formatHex(digest.digest()))
                .as("seed %d", SEED)
                .isEqualTo("9aa122515c0047b15daafa084d9ee14b0ecff45b517889c8e5d9dc3cf6b75c84");
    }

    private List<RowEdit> block() {
        List<RowEdit> edits = new ArrayList<>();
        Set<Integer> touched = new HashSet<>();
        while (touched.size() < 50) {
            int number = random.nextInt(NUMBERS);
            if (touched.add(number)) {
                edits.add(edit(number));
            }
        }
        return edits;
    }

    private RowEdit edit(int number) {
        boolean stays = random.nextBoolean();
        if (present.contains(number) ? stays : present.size() < KEYS) {
            present.add(number);
            return table.set(TestKeys.key(number), random.nextLong());
        }
        present.remove(number);
        return TestTable.delete(TestKeys.key(number));
    }

    private static void update(MessageDigest digest, RowChange change) {
        digest.update(ByteBuffer.allocate(Integer.BYTES + Long.BYTES)
                .putInt(change.place().way())
                .putLong(change.place().row())
                .flip());
        digest.update(change.diff());
    }
}
