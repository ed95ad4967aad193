package org.morphogen.bench.measure;

/** What a figure is counted in. */
public enum Unit {
    /** Times the baseline. */
    RATIO(""),
    /** Milliseconds. */
    MILLIS(" ms"),
    /** Seconds. */
    SECONDS(" s");

    private final String suffix;

    Unit(String suffix) {
        this.suffix = suffix;
    }

    /** What follows the number. */
    String suffix() {
        return suffix;
    }
}
