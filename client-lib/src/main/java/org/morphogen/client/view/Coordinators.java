package org.morphogen.client.view;

import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.transport.Endpoint;
import org.morphogen.transport.TlsSettings;
import org.morphogen.transport.Transport;

/**
 * The coordinators of one party, any of which may be asked. Thread-safe.
 *
 * @param party 0 or 1
 * @param endpoints at least one
 * @param executor runs gRPC's callbacks
 */
public record Coordinators(int party, List<Endpoint> endpoints, TlsSettings tls, Executor executor) {
    private static final long SHORTEST_TRY_MILLIS = 100;

    public Coordinators {
        endpoints = List.copyOf(endpoints);
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("coordinators: name at least one for each party");
        }
    }

    /** One exchange with a coordinator. */
    interface Exchange<T> {
        /** Talks over the channel; a StatusRuntimeException tells that the call failed. */
        T over(ManagedChannel channel, Deadline deadline);
    }

    /** The coordinator to ask in the n-th attempt; they take turns. */
    Endpoint inTurn(int attempt) {
        return endpoints.get(Math.floorMod(attempt, endpoints.size()));
    }

    /** Asks one coordinator over a channel of its own. Fails with what the coordinator or gRPC said. */
    <T> T ask(Endpoint coordinator, Function<ManagedChannel, T> exchange) {
        ManagedChannel channel = Transport.channel(coordinator, tls, executor);
        try {
            return exchange.apply(channel);
        } catch (StatusRuntimeException failed) {
            throw Failures.fromStatus(name(coordinator), failed);
        } finally {
            channel.shutdownNow();
        }
    }

    /**
     * Asks one coordinator after another until one answers or the deadline passes; then fails as the last one did. No
     * single one gets more than half of the time that is left, so that a silent one leaves time for the next.
     */
    <T> T askAny(Deadline deadline, Exchange<T> exchange) {
        Backoff backoff = new Backoff();
        for (int attempt = 0; ; attempt++) {
            try {
                return ask(inTurn(attempt), channel -> exchange.over(channel, halfOf(deadline)));
            } catch (MorphogenException failed) {
                if (!passes(failed.reason()) || deadline.isExpired()) {
                    throw failed;
                }
            }
            if ((attempt + 1) % endpoints.size() == 0) {
                pause(backoff, deadline);
            }
        }
    }

    /** Waits before the next round of attempts; being interrupted is UNAVAILABLE. */
    void pause(Backoff backoff, Deadline deadline) {
        try {
            backoff.pause(deadline);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new MorphogenException(
                    FailureReason.UNAVAILABLE, "Party " + party + ": asking its coordinators was interrupted.");
        }
    }

    /** For messages. */
    String name(Endpoint coordinator) {
        return "Party " + party + ", coordinator " + coordinator;
    }

    /** Whether another coordinator, or the same one later, may do better. */
    static boolean passes(FailureReason reason) {
        return switch (reason) {
            case UNAVAILABLE, BUSY, DEADLINE_PASSED, NOT_LEADER, STALE_TERM, INTERNAL, STORAGE_FAILED -> true;
            case QUERY_CANCELLED,
                    KEY_MALFORMED,
                    KEY_OF_OTHER_PARTY,
                    KEY_DEPTH_WRONG,
                    REQUEST_INVALID,
                    REQUEST_TOO_LARGE,
                    TABLE_UNKNOWN,
                    WAY_UNKNOWN,
                    CHUNK_NOT_HELD,
                    GENERATION_UNKNOWN,
                    EPOCH_OUTSIDE_WINDOW,
                    EPOCH_REPLACED,
                    EPOCH_MISMATCH,
                    NOT_SERVING,
                    PARTIES_DISAGREE,
                    PARTY_LAGS,
                    PARTY_MISBEHAVES,
                    NOT_ALLOWED,
                    SNAPSHOT_UNKNOWN,
                    SNAPSHOT_INVALID,
                    CAPACITY_LACKING,
                    CHANGE_IN_PROGRESS,
                    SETTINGS_INVALID -> false;
        };
    }

    MorphogenException misbehaves(String what) {
        return new MorphogenException(
                FailureReason.PARTY_MISBEHAVES,
                "Party " + party + ": " + what + ".",
                Map.of("party", Integer.toString(party)));
    }

    /** Half of the time that is left, so that something else can be tried in the other half. */
    static Deadline halfOf(Deadline deadline) {
        long remainingMillis = deadline.timeRemaining(TimeUnit.MILLISECONDS);
        return Deadline.after(Math.max(remainingMillis / 2, SHORTEST_TRY_MILLIS), TimeUnit.MILLISECONDS);
    }
}
