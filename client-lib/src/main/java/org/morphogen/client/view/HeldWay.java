package org.morphogen.client.view;

import java.util.List;
import org.morphogen.transport.Limits;

/**
 * The chunks of one way of one table that a shard holds.
 *
 * @param way not negative
 * @param spans ascending and disjoint; at least one, at most {@link Limits#MAX_RANGES_PER_WAY}
 */
public record HeldWay(String table, int way, List<ChunkSpan> spans) {
    public HeldWay {
        spans = List.copyOf(spans);
        if (way < 0) {
            throw new IllegalArgumentException("way: is not below 2^31");
        }
        if (spans.isEmpty() || spans.size() > Limits.MAX_RANGES_PER_WAY) {
            throw new IllegalArgumentException(
                    "ranges: " + spans.size() + " ranges; 1 to " + Limits.MAX_RANGES_PER_WAY + " are possible");
        }
        for (int i = 1; i < spans.size(); i++) {
            if (spans.get(i).first() < spans.get(i - 1).end()) {
                throw new IllegalArgumentException("ranges: not ascending and disjoint");
            }
        }
    }
}
