package org.morphogen.bench.cuckoo;

import java.util.concurrent.Callable;
import org.morphogen.bench.measure.Rounds;
import org.morphogen.coordinator.building.cuckoo.CandidateRows;
import org.morphogen.coordinator.building.cuckoo.CuckooPlacement;
import org.morphogen.coordinator.building.cuckoo.LoadFactor;
import org.morphogen.coordinator.building.workers.BuildWorkers;

/** Places random keys: hashes them and finds a row for each, against finding the rows one key after another. */
public final class CuckooBench implements AutoCloseable {
    private static final int WARM_UPS = 1;
    private static final CuckooPlacement.Watcher NO_DUPLICATES = new CuckooPlacement.Watcher() {
        @Override
        public boolean isSameKey(int earlier, int later) {
            return false;
        }

        @Override
        public void placed(int keys) {}
    };

    private final RandomKeys keys;
    private final int rowsPerWay;
    private final BuildWorkers workers;

    /** Up to 100 million keys. */
    public CuckooBench(int keyCount, double load, int threads) {
        this.keys = new RandomKeys(keyCount);
        this.rowsPerWay = (int) new LoadFactor(load).rowsPerWay(keyCount);
        this.workers = new BuildWorkers(threads);
    }

    /** Hashing alone as the baseline, the whole as the subject. */
    public Rounds whole(int rounds) throws Exception {
        return Rounds.run(
                WARM_UPS,
                rounds,
                () -> keys.candidates(rowsPerWay, workers),
                () -> placed(keys.candidates(rowsPerWay, workers)));
    }

    /** Placing keys that are hashed already; one after another as the baseline. */
    public Rounds placing(int rounds) throws Exception {
        CandidateRows candidates = keys.candidates(rowsPerWay, workers);
        Callable<Boolean> oneByOne = () -> found(OneByOne.place(candidates));
        return Rounds.run(WARM_UPS, rounds, oneByOne, () -> placed(candidates));
    }

    private boolean placed(CandidateRows candidates) {
        return found(CuckooPlacement.place(candidates, NO_DUPLICATES, workers).isPresent());
    }

    private static boolean found(boolean all) {
        if (!all) {
            throw new IllegalStateException("a key found no row; try a lower load");
        }
        return true;
    }

    @Override
    public void close() {
        workers.close();
    }
}
