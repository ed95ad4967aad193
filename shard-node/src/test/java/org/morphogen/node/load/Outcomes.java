package org.morphogen.node.load;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** How many questions ended how, and the first thing that must not be. Thread-safe. */
final class Outcomes {
    private final Map<String, Long> counts = new TreeMap<>();
    private Optional<Throwable> firstProblem = Optional.empty();

    synchronized void count(String outcome) {
        counts.merge(outcome, 1L, Long::sum);
    }

    synchronized void problem(Throwable found) {
        if (firstProblem.isEmpty()) {
            firstProblem = Optional.of(found);
        }
    }

    synchronized Optional<Throwable> firstProblem() {
        return firstProblem;
    }

    synchronized Map<String, Long> counts() {
        return Map.copyOf(counts);
    }

    @Override
    public synchronized String toString() {
        return counts.toString();
    }
}
