package org.morphogen.coordinator.epoch;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs a problem once, however often it is met in a row. Remembers one text for each of what it is told of. Thread-safe.
 */
final class Told {
    private static final Logger LOG = LoggerFactory.getLogger(Told.class);

    private final Map<String, String> problems = new HashMap<>();

    /** {@code who} does not follow, and why. */
    synchronized void tell(String who, String problem) {
        if (!problem.equals(problems.put(who, problem))) {
            LOG.warn("Not at the head, {}: {}", who, problem);
        }
    }

    /** {@code who} follows again. */
    synchronized void well(String who) {
        if (problems.remove(who) != null) {
            LOG.info("At the head again: {}", who);
        }
    }

    /** What was told of {@code who} last, if it is not well. */
    synchronized Optional<String> of(String who) {
        return Optional.ofNullable(problems.get(who));
    }
}
