package org.morphogen.bench.measure;

import java.util.List;

/** The middle and the ends of some measured values. */
public record Spread(double least, double median, double most) {
    /** Of at least one value. */
    public static Spread of(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("values: there are none");
        }
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        double median = sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
        return new Spread(sorted.getFirst(), median, sorted.getLast());
    }
}
