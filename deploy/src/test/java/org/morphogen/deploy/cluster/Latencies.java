package org.morphogen.deploy.cluster;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** How long blocks take to become each party's head. For people; not thread-safe. */
final class Latencies {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final List<List<Long>> sinceOrdered = List.of(new ArrayList<>(), new ArrayList<>());
    private final List<List<Long>> sinceMade = List.of(new ArrayList<>(), new ArrayList<>());

    private final List<Long> traces = new ArrayList<>();

    /**
     * Of one block.
     *
     * @param orderedNanos since the node was told to make it: more than the block is old
     * @param madeNanos since the node said that it was made: less than that
     */
    void add(int party, long orderedNanos, long madeNanos) {
        sinceOrdered.get(party).add(orderedNanos / NANOS_PER_MILLI);
        sinceMade.get(party).add(madeNanos / NANOS_PER_MILLI);
    }

    /** What the node alone takes to say what a block changed. */
    void addTrace(long nanos) {
        traces.add(nanos / NANOS_PER_MILLI);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int party = 0; party < 2; party++) {
            text.append("  party %d, ms until the head: since ordered %s; since made %s%n"
                    .formatted(party, summary(sinceOrdered.get(party)), summary(sinceMade.get(party))));
        }
        return text.append("  the node, ms to tell what a block changed, to one who asks alone: %s%n"
                        .formatted(summary(traces)))
                .toString();
    }

    private static String summary(List<Long> millis) {
        List<Long> sorted = new ArrayList<>(millis);
        Collections.sort(sorted);
        int last = sorted.size() - 1;
        return last < 0
                ? "none"
                : "median %d, 90%% below %d, most %d"
                        .formatted(sorted.get(last / 2), sorted.get(last * 9 / 10), sorted.get(last));
    }
}
