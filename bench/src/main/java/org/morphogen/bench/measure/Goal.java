package org.morphogen.bench.measure;

import java.util.Locale;

/**
 * What a figure should reach.
 *
 * @param value in the figure's unit
 */
public record Goal(Bound bound, double value) {
    /** Which side of the value is the good one. */
    public enum Bound {
        /** The more the better. */
        AT_LEAST,
        /** The less the better. */
        AT_MOST
    }

    /** A figure that should not be less. */
    public static Goal atLeast(double value) {
        return new Goal(Bound.AT_LEAST, value);
    }

    /** A figure that should not be more. */
    public static Goal atMost(double value) {
        return new Goal(Bound.AT_MOST, value);
    }

    /** Whether a figure is on the good side. */
    public boolean isReachedBy(double figure) {
        return bound == Bound.AT_LEAST ? figure >= value : figure <= value;
    }

    /** For people, without the unit. */
    public String text() {
        return String.format(Locale.ROOT, "%s %.2f", bound == Bound.AT_LEAST ? "at least" : "at most", value);
    }
}
