package org.morphogen.coordinator.delta;

/**
 * How a plan's rows are fetched and kept. None of these changes the plan.
 *
 * @param placesACall most places of one call of the reader
 * @param cachedRows parent rows kept at once; at least {@code placesACall}
 * @param warmingRounds how often rows are fetched for all new keys together before each looks alone
 */
record PlanningBounds(int placesACall, int cachedRows, int warmingRounds) {
    private static final long CACHE_BYTES = 128L << 20;

    /** What a row takes in the cache beside its bytes: array header, place, map entry and slot. */
    private static final int BYTES_BESIDE_A_ROW = 112;

    /** Paths at load 0.91 are 10 long at most; what is deeper is fetched key by key. */
    private static final int WARMING_ROUNDS = 12;

    PlanningBounds {
        if (placesACall < 1 || cachedRows < placesACall || warmingRounds < 0) {
            throw new IllegalArgumentException("planning bounds: out of range");
        }
    }

    /** One call asks for as much as a reader takes; the cache takes 128 MiB. */
    static PlanningBounds usual(int rowBytes) {
        long cachedRows = CACHE_BYTES / (rowBytes + BYTES_BESIDE_A_ROW);
        return new PlanningBounds(
                (int) Math.min(RowReader.MOST_PLACES, cachedRows), Math.toIntExact(cachedRows), WARMING_ROUNDS);
    }
}
