package org.morphogen.node.query;

import java.util.Map;
import java.util.function.LongSupplier;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/** Bounds the work that this node takes on at once, waiting work included. Thread-safe. */
final class Admission {
    private final int maxQueries;
    private final int maxKeys;
    private final LongSupplier retryAfterMillis;
    private int queries;
    private int keys;

    /** {@code retryAfterMillis} is what a client is asked to wait before it tries again. */
    Admission(int maxQueries, int maxKeys, LongSupplier retryAfterMillis) {
        this.maxQueries = maxQueries;
        this.maxKeys = maxKeys;
        this.retryAfterMillis = retryAfterMillis;
    }

    /** Takes a query with that many keys in; fails with BUSY, or with REQUEST_TOO_LARGE if it can never fit. */
    void enter(int withKeys) {
        if (withKeys > maxKeys) {
            throw new MorphogenException(
                    FailureReason.REQUEST_TOO_LARGE,
                    "keys: " + withKeys + " over all ways, this node takes " + maxKeys + " at once.",
                    Map.of("limit", Integer.toString(maxKeys)));
        }
        if (!tryEnter(withKeys)) {
            throw busy("This node has as many queries as it takes at once.");
        }
    }

    /** To be told to a client that may come back. */
    MorphogenException busy(String why) {
        return new MorphogenException(
                FailureReason.BUSY, why, Map.of("retryAfterMillis", Long.toString(retryAfterMillis.getAsLong())));
    }

    private synchronized boolean tryEnter(int withKeys) {
        if (queries + 1 > maxQueries || keys + withKeys > maxKeys) {
            return false;
        }
        queries++;
        keys += withKeys;
        return true;
    }

    /** The query is answered, or nobody waits for it any more. */
    synchronized void leave(int withKeys) {
        queries--;
        keys -= withKeys;
    }
}
