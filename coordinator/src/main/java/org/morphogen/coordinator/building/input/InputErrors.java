package org.morphogen.coordinator.building.input;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/** What is wrong with the input of a build: the first {@link #MOST_KEPT} errors, and how many there are. */
public final class InputErrors {
    /** Errors that are kept and told. */
    public static final int MOST_KEPT = 20;

    private final List<String> first = new ArrayList<>();
    private long count;

    /** No errors yet. */
    public InputErrors() {}

    /** Adds one about a line of an input. */
    public void add(String input, long line, String reason) {
        add(input + " line " + line + ": " + reason);
    }

    /** Adds one about an input as a whole. */
    void add(String error) {
        count++;
        if (first.size() < MOST_KEPT) {
            first.add(error);
        }
    }

    /** Fails with REQUEST_INVALID and the first errors, one a line, if there are any. */
    public void failIfAny() {
        if (count == 0) {
            return;
        }
        StringBuilder message = new StringBuilder(
                "The input has " + count + (count == 1 ? " error" : " errors") + "; nothing was built.");
        first.forEach(error -> message.append("\n  ").append(error));
        if (count > first.size()) {
            message.append("\n  and ").append(count - first.size()).append(" more");
        }
        throw new MorphogenException(
                FailureReason.REQUEST_INVALID, message.append('\n').toString(), Map.of("errors", Long.toString(count)));
    }
}
