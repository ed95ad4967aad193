package org.morphogen.bench.measure;

import java.util.OptionalDouble;

/**
 * One measured figure.
 *
 * @param name what was measured, e.g. {@code "128 keys, 256 B rows, 1 thread, native"}
 * @param ratio to the baseline of the same run
 * @param goal the least ratio that is wanted, if any
 * @param detail the absolute figures beside it
 */
public record Result(String name, Spread ratio, OptionalDouble goal, String detail) {}
