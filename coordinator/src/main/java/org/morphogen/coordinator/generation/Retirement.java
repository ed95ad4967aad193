package org.morphogen.coordinator.generation;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Retires superseded generations after their grace; the orders then drop them from the nodes. A new leader counts the
 * grace anew, so it may last longer, never shorter. Confined to the leader's loop.
 */
final class Retirement {
    private static final Logger LOG = LoggerFactory.getLogger(Retirement.class);

    private final Ledger ledger;
    private final Duration grace;
    private final Map<Long, Long> supersededSinceNanos = new HashMap<>();

    Retirement(Ledger ledger, Duration grace) {
        this.ledger = ledger;
        this.grace = grace;
    }

    void step(long nowNanos) {
        List<GenerationRecord> superseded = ledger.superseded();
        for (GenerationRecord record : superseded) {
            long since = supersededSinceNanos.computeIfAbsent(record.generation(), _ -> nowNanos);
            if (nowNanos - since >= grace.toNanos()) {
                retire(record);
            }
        }
    }

    /** Retires a superseded generation now. */
    void retire(GenerationRecord superseded) {
        ledger.retire(superseded);
        supersededSinceNanos.remove(superseded.generation());
        LOG.info("Generation {} is retired", superseded.generation());
    }
}
