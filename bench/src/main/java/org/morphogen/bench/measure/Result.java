package org.morphogen.bench.measure;

import java.util.Optional;

/**
 * One measured figure.
 *
 * @param name what was measured, e.g. {@code "128 keys, 256 B rows, 1 thread, native"}
 * @param figure of all rounds; a ratio is to the baseline of the same run
 * @param goal if there is one
 * @param detail the absolute figures beside it
 */
public record Result(String name, Spread figure, Unit unit, Optional<Goal> goal, String detail) {
    /** A ratio to the baseline. */
    public static Result ratio(String name, Spread ratio, Optional<Goal> goal, String detail) {
        return new Result(name, ratio, Unit.RATIO, goal, detail);
    }
}
