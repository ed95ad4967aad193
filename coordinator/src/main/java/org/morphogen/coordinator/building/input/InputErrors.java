package org.morphogen.coordinator.building.input;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/** What is wrong with the input of a build: the first {@link #MOST_KEPT} errors by line, and how many there are. */
public final class InputErrors {
    /** Errors that are kept and told. */
    public static final int MOST_KEPT = 20;

    private final Map<String, Integer> inputs = new HashMap<>();
    /** By input, in the order in which they were met, and line. */
    private final PriorityQueue<Told> lastFirst = new PriorityQueue<>(
            Comparator.comparingInt(Told::input).thenComparingLong(Told::line).reversed());

    private long count;

    private record Told(int input, long line, String text) {}

    /** No errors yet. */
    public InputErrors() {}

    /** Adds one about a line of an input. */
    public void add(String input, long line, String reason) {
        keep(new Told(place(input), line, input + " line " + line + ": " + reason));
    }

    /** Adds one about an input as a whole, behind those about its lines. */
    void add(String input, String error) {
        keep(new Told(place(input), Long.MAX_VALUE, input + ": " + error));
    }

    private int place(String input) {
        return inputs.computeIfAbsent(input, added -> inputs.size());
    }

    private void keep(Told error) {
        count++;
        lastFirst.add(error);
        if (lastFirst.size() > MOST_KEPT) {
            lastFirst.remove();
        }
    }

    /** Fails with REQUEST_INVALID and the first errors, one a line, if there are any. */
    public void failIfAny() {
        if (count == 0) {
            return;
        }
        StringBuilder message = new StringBuilder(
                "The input has " + count + (count == 1 ? " error" : " errors") + "; nothing was built.");
        int told = lastFirst.size();
        List<String> errors = new ArrayList<>();
        while (!lastFirst.isEmpty()) {
            errors.addFirst(lastFirst.remove().text());
        }
        errors.forEach(error -> message.append("\n  ").append(error));
        if (count > told) {
            message.append("\n  and ").append(count - told).append(" more");
        }
        throw new MorphogenException(
                FailureReason.REQUEST_INVALID, message.append('\n').toString(), Map.of("errors", Long.toString(count)));
    }
}
