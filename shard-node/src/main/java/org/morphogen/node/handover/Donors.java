package org.morphogen.node.handover;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.morphogen.transport.Endpoint;

/** Replicas that a leader named last as having what this node lacks of a generation. Thread-safe. */
public final class Donors {
    /** Most that may be named. */
    public static final int MOST = 16;

    private Named named = new Named(0, List.of());

    /**
     * What a leader said.
     *
     * @param term of the leader
     * @param endpoints in order of preference
     */
    public record Named(long term, List<Endpoint> endpoints) {
        public Named {
            endpoints = List.copyOf(endpoints);
            if (endpoints.size() > MOST) {
                throw new IllegalArgumentException("donors: " + endpoints.size() + " are named, " + MOST + " allowed");
            }
        }
    }

    /** From now on those are asked; whoever waits for others goes on. */
    public synchronized void name(Named now) {
        if (!now.equals(named)) {
            named = now;
            notifyAll();
        }
    }

    /** Those to ask; perhaps none. */
    public synchronized Named named() {
        return named;
    }

    /** Waits until others are named than {@code before}, but no longer than that. */
    public synchronized void awaitOthers(Named before, Duration longest) throws InterruptedException {
        long untilNanos = System.nanoTime() + longest.toNanos();
        while (named.equals(before)) {
            long leftNanos = untilNanos - System.nanoTime();
            if (leftNanos <= 0) {
                return;
            }
            TimeUnit.NANOSECONDS.timedWait(this, leftNanos);
        }
    }
}
