package org.morphogen.coordinator.epoch;

import java.time.Duration;
import java.util.Optional;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.Epoch;
import org.morphogen.snapshot.BlockInfo;

/**
 * The delta that nodes refused last, so that it can be given to them again without asking the chain and reading rows each
 * time. Now and then the chain is asked nevertheless: it may have replaced the block. For one thread.
 */
final class RefusedDelta {
    /** Times that it is given to the nodes again before the chain is asked. */
    static final int MOST_TRIES = 9;

    /** The same where nodes take their time to refuse it. */
    private static final Duration LONGEST_WITHOUT_CHAIN = Duration.ofSeconds(15);

    private Optional<Delta> delta = Optional.empty();
    private int tries;
    private long chainAskedNanos;

    void remember(Delta refused) {
        if (delta.isEmpty()) {
            chainAskedNanos = System.nanoTime();
        }
        delta = Optional.of(refused);
    }

    void forget() {
        delta = Optional.empty();
        tries = 0;
    }

    /** The one to give to the nodes that are at that epoch; empty when the chain is to be asked. */
    Optional<Delta> again(Epoch head) {
        long now = System.nanoTime();
        boolean early = tries < MOST_TRIES && now - chainAskedNanos < LONGEST_WITHOUT_CHAIN.toNanos();
        Optional<Delta> next = on(head).filter(_ -> early);
        if (next.isPresent()) {
            tries++;
        } else {
            tries = 0;
            chainAskedNanos = now;
        }
        return next;
    }

    /** The one that leads from that epoch to that block. */
    Optional<Delta> leadingTo(Epoch head, BlockInfo block) {
        return on(head).filter(known -> known.header().block().equals(block));
    }

    private Optional<Delta> on(Epoch head) {
        return delta.filter(known -> known.header().parentDigest().equals(head.digest()));
    }
}
