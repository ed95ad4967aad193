package org.morphogen.bench.cuckoo;

import java.util.SplittableRandom;
import org.morphogen.addressing.HashSeed;
import org.morphogen.addressing.SipHash;
import org.morphogen.coordinator.building.cuckoo.CandidateRows;
import org.morphogen.coordinator.building.workers.BuildWorkers;

/** Random keys as long as addresses. Takes 20 bytes a key. */
final class RandomKeys {
    private static final int KEY_BYTES = 20;
    private static final long SEED = 1;

    private final byte[] keys;
    private final HashSeed[] seeds = new HashSeed[CandidateRows.WAYS];

    /** The same keys each time, up to 100 million. */
    RandomKeys(int count) {
        SplittableRandom random = new SplittableRandom(SEED);
        keys = new byte[Math.multiplyExact(count, KEY_BYTES)];
        random.nextBytes(keys);
        for (int way = 0; way < seeds.length; way++) {
            seeds[way] = new HashSeed(random.nextLong(), random.nextLong());
        }
    }

    /** Hashes every key to its row in each way, as a build does. */
    CandidateRows candidates(int rowsPerWay, BuildWorkers workers) {
        int count = keys.length / KEY_BYTES;
        CandidateRows candidates = new CandidateRows(count, rowsPerWay);
        workers.share(count, 0, (part, parts) -> {
            int to = (int) BuildWorkers.start(count, part + 1, parts);
            for (int key = (int) BuildWorkers.start(count, part, parts); key < to; key++) {
                for (int way = 0; way < CandidateRows.WAYS; way++) {
                    long hash = SipHash.hash(seeds[way], keys, key * KEY_BYTES, KEY_BYTES);
                    candidates.set(way, key, Math.unsignedMultiplyHigh(hash, rowsPerWay));
                }
            }
        });
        return candidates;
    }
}
