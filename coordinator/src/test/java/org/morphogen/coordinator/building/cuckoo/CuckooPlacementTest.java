package org.morphogen.coordinator.building.cuckoo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.coordinator.building.workers.BuildWorkers;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CuckooPlacementTest {
    private static final CuckooPlacement.Watcher DIFFERENT_KEYS = new CuckooPlacement.Watcher() {
        @Override
        public boolean isSameKey(int earlier, int later) {
            return false;
        }

        @Override
        public void placed(int keys) {}
    };

    private static final BuildWorkers ALONE = new BuildWorkers(1);

    @AfterAll
    static void stop() {
        ALONE.close();
    }

    /** Every key in exactly one row, which is one of its three; no row with two. */
    @Test
    void neverLosesAKeyAtAnySizeAndLoad() {
        int placedTables = 0;
        for (long seed = 0; seed < 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int rowsPerWay = 1 + random.nextInt(2000);
            int keys = random.nextInt(3 * rowsPerWay * 92 / 100 + 1);
            CandidateRows candidates = randomCandidates(keys, rowsPerWay, random);

            Optional<CuckooTable> placed = CuckooPlacement.place(candidates, DIFFERENT_KEYS, ALONE);

            if (placed.isPresent()) {
                requireEachKeyOnce(candidates, placed.get(), "seed " + seed);
                placedTables++;
            }
        }
        assertThat(placedTables).isGreaterThan(200);
    }

    @Test
    void placesThreeHundredThousandKeysAtTheUsualLoad() {
        long seed = 42;
        int rowsPerWay = (int) LoadFactor.USUAL.rowsPerWay(300_000);
        CandidateRows candidates = randomCandidates(300_000, rowsPerWay, new SplittableRandom(seed));

        CuckooTable placed =
                CuckooPlacement.place(candidates, DIFFERENT_KEYS, ALONE).orElseThrow();

        requireEachKeyOnce(candidates, placed, "seed " + seed);
    }

    @Test
    void sameCandidatesGiveTheSameTable() {
        CandidateRows candidates = randomCandidates(3000, 1152, new SplittableRandom(9));
        CuckooTable one =
                CuckooPlacement.place(candidates, DIFFERENT_KEYS, ALONE).orElseThrow();
        CuckooTable other =
                CuckooPlacement.place(candidates, DIFFERENT_KEYS, ALONE).orElseThrow();

        assertThat(occupants(one)).isEqualTo(occupants(other));
    }

    @Test
    void tiesGoToTheLowestWay() {
        CandidateRows candidates = new CandidateRows(3, 4);

        CuckooTable placed =
                CuckooPlacement.place(candidates, DIFFERENT_KEYS, ALONE).orElseThrow();

        assertThat(List.of(placed.occupant(0, 0), placed.occupant(1, 0), placed.occupant(2, 0)))
                .containsExactly(0, 1, 2);
        assertThat(placed.occupant(0, 1)).isEqualTo(CuckooTable.EMPTY);
    }

    /** Four keys, three rows: the search ends, and says that it failed. */
    @Test
    void endsWhereThereIsNoPlace() {
        assertThat(CuckooPlacement.place(new CandidateRows(4, 100), DIFFERENT_KEYS, ALONE))
                .isEmpty();
        assertThat(CuckooPlacement.place(randomCandidates(385, 128, new SplittableRandom(1)), DIFFERENT_KEYS, ALONE))
                .isEmpty();
    }

    /** Large enough for several rounds and for rounds that are shared. */
    @Test
    void anyNumberOfThreadsGivesTheSameTable() {
        long seed = 11;
        int keys = 4 * Homeless.MOST;
        CandidateRows candidates =
                randomCandidates(keys, (int) new LoadFactor(0.91).rowsPerWay(keys), new SplittableRandom(seed));
        CuckooTable alone =
                CuckooPlacement.place(candidates, DIFFERENT_KEYS, ALONE).orElseThrow();

        requireEachKeyOnce(candidates, alone, "seed " + seed);
        for (int threads : new int[] {2, 3, 7}) {
            try (BuildWorkers workers = new BuildWorkers(threads)) {
                CuckooTable shared = CuckooPlacement.place(candidates, DIFFERENT_KEYS, workers)
                        .orElseThrow();
                assertThat(occupants(shared)).as("%d threads", threads).isEqualTo(occupants(alone));
            }
        }
    }

    /** Copies meet in one round or in different ones, seated or homeless: each key stands once, and is its first copy. */
    @Test
    void ofManyCopiesTheFirstStands() {
        for (long seed = 0; seed < 40; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int different = 1 + random.nextInt(seed % 8 == 7 ? 3 * Homeless.MOST : 500);
            int keys = different + random.nextInt(2 * different);
            CandidateRows candidates = randomCandidates(keys, (int) LoadFactor.USUAL.rowsPerWay(different), random);
            int[] first = new int[keys];
            for (int key = 0; key < keys; key++) {
                first[key] = key < different ? key : first[random.nextInt(key)];
                for (int way = 0; way < CandidateRows.WAYS; way++) {
                    candidates.set(way, key, candidates.row(way, first[key]));
                }
            }
            BitSet leftOut = new BitSet();
            CuckooPlacement.Watcher watcher = new CuckooPlacement.Watcher() {
                @Override
                public boolean isSameKey(int earlier, int later) {
                    boolean same = first[earlier] == first[later];
                    if (same) {
                        assertThat(earlier).isLessThan(later);
                        assertThat(leftOut.get(later)).isFalse();
                        leftOut.set(later);
                    }
                    return same;
                }

                @Override
                public void placed(int placed) {}
            };

            CuckooTable placed =
                    CuckooPlacement.place(candidates, watcher, ALONE).orElseThrow();

            assertThat(leftOut.cardinality()).as("seed %d", seed).isEqualTo(keys - different);
            BitSet standing = new BitSet();
            occupants(placed).stream().filter(key -> key != CuckooTable.EMPTY).forEach(standing::set);
            assertThat(standing.cardinality()).as("seed %d", seed).isEqualTo(different);
            assertThat(standing.length()).as("seed %d", seed).isEqualTo(different);
        }
    }

    /** A key given twice shares its candidates; wherever the first one has been moved, it is found. */
    @Test
    void duplicatesAreFoundHoweverFarApart() {
        long seed = 7;
        SplittableRandom random = new SplittableRandom(seed);
        CandidateRows candidates = randomCandidates(5000, 1920, random);
        List<String> expected = new ArrayList<>();
        for (int later : new int[] {1, 2500, 4998, 4999}) {
            int earlier = later / 2;
            for (int way = 0; way < CandidateRows.WAYS; way++) {
                candidates.set(way, later, candidates.row(way, earlier));
            }
            expected.add(earlier + "=" + later);
        }
        List<String> found = new ArrayList<>();
        CuckooPlacement.Watcher watcher = new CuckooPlacement.Watcher() {
            @Override
            public boolean isSameKey(int earlier, int later) {
                found.add(earlier + "=" + later);
                return true;
            }

            @Override
            public void placed(int keys) {}
        };

        CuckooTable placed = CuckooPlacement.place(candidates, watcher, ALONE).orElseThrow();

        assertThat(found).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(occupants(placed)).doesNotContain(1, 2500, 4998, 4999);
    }

    @Test
    void heapBytesCountsEveryArray() {
        assertThat(CuckooPlacement.heapBytes(0, 128)).isEqualTo(3 * 128 * 5 + Homeless.BYTES);
        assertThat(CuckooPlacement.heapBytes(100_000_000, 37_037_056)).isEqualTo(1_755_555_840L + Homeless.BYTES);
    }

    private static CandidateRows randomCandidates(int keys, int rowsPerWay, SplittableRandom random) {
        CandidateRows candidates = new CandidateRows(keys, rowsPerWay);
        for (int key = 0; key < keys; key++) {
            for (int way = 0; way < CandidateRows.WAYS; way++) {
                candidates.set(way, key, random.nextInt(rowsPerWay));
            }
        }
        return candidates;
    }

    private static void requireEachKeyOnce(CandidateRows candidates, CuckooTable placed, String when) {
        BitSet seen = new BitSet();
        for (int way = 0; way < CandidateRows.WAYS; way++) {
            for (int row = 0; row < placed.rowsPerWay(); row++) {
                int key = placed.occupant(way, row);
                if (key != CuckooTable.EMPTY) {
                    assertThat(seen.get(key)).as("%s: key %d twice", when, key).isFalse();
                    assertThat(candidates.row(way, key))
                            .as("%s: row of %d", when, key)
                            .isEqualTo(row);
                    seen.set(key);
                }
            }
        }
        assertThat(seen.cardinality()).as("%s: keys placed", when).isEqualTo(candidates.keys());
    }

    private static List<Integer> occupants(CuckooTable table) {
        List<Integer> all = new ArrayList<>();
        for (int way = 0; way < CandidateRows.WAYS; way++) {
            for (int row = 0; row < table.rowsPerWay(); row++) {
                all.add(table.occupant(way, row));
            }
        }
        return all;
    }
}
