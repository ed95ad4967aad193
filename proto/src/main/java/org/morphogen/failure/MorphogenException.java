package org.morphogen.failure;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A failure with a {@link FailureReason}. Message and facts are public: they never hold keys, targets, tags or row
 * numbers of a query.
 */
public final class MorphogenException extends RuntimeException {
    private final FailureReason reason;
    private final transient Map<String, String> facts;

    /** A failure whose message says what is wrong; the reason's advice is added by whoever shows it. */
    public MorphogenException(FailureReason reason, String message) {
        this(reason, message, Map.of());
    }

    /** A failure with public facts for a program to read, e.g. {@code limit=64}. */
    public MorphogenException(FailureReason reason, String message, Map<String, String> facts) {
        this(reason, message, facts, null);
    }

    /** A failure that has a cause. The cause stays on this machine; it is never sent. */
    public MorphogenException(
            FailureReason reason, String message, Map<String, String> facts, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
        this.facts = Map.copyOf(facts);
    }

    /** Why. */
    public FailureReason reason() {
        return reason;
    }

    /** Public facts for a program to read; may be empty. */
    public Map<String, String> facts() {
        return facts;
    }

    /** Message and advice in one line, for a person. */
    public String explain() {
        String message = String.valueOf(getMessage()).stripTrailing();
        boolean ended = message.endsWith(".") || message.endsWith("!") || message.endsWith("?");
        return message + (ended ? " " : ". ") + reason.advice();
    }
}
