package org.morphogen.coordinator.admin;

import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.morphogen.coordinator.generation.GenerationControl;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.AdminServiceGrpc;
import org.morphogen.protocol.v1.AdminServiceGrpc.AdminServiceBlockingStub;
import org.morphogen.protocol.v1.PublishProgress;
import org.morphogen.protocol.v1.PublishRequest;
import org.morphogen.transport.Endpoint;
import org.morphogen.transport.Limits;
import org.morphogen.transport.TlsSettings;
import org.morphogen.transport.Transport;

/**
 * Calls a party's coordinators for an administrator: tries each in turn, follows to the leader, and goes on with a
 * publication when the leader changes. Blocks; for one thread.
 */
public final class AdminClient {
    private static final Duration PAUSE_BETWEEN_ROUNDS = Duration.ofMillis(500);

    /** Without a leader that takes the call for that long, none is in sight. */
    private static final Duration LONGEST_ABSENCE = Duration.ofSeconds(30);

    private final List<Endpoint> coordinators;
    private final TlsSettings tls;
    private final Duration longestAbsence;
    private final long untilNanos;

    /** A client whose calls all end within {@code timeout} from now. */
    public AdminClient(List<Endpoint> coordinators, TlsSettings tls, Duration timeout) {
        this(coordinators, tls, timeout, LONGEST_ABSENCE);
    }

    AdminClient(List<Endpoint> coordinators, TlsSettings tls, Duration timeout, Duration longestAbsence) {
        this.coordinators = List.copyOf(coordinators);
        this.tls = tls;
        this.longestAbsence = longestAbsence;
        this.untilNanos = System.nanoTime() + timeout.toNanos();
    }

    /** The answer of the first coordinator that can be reached; else the failure of the last one tried. */
    public <T> T ask(Function<AdminServiceBlockingStub, T> question) {
        return first(coordinators, Limits.UNARY_DEADLINE.toNanos(), question);
    }

    /** As {@link #ask}, for an answer that may take as long as the command. */
    <T> T askForLong(Function<AdminServiceBlockingStub, T> question) {
        return first(coordinators, Long.MAX_VALUE, question);
    }

    /** The leader's answer, wherever it is; else the failure of the last one tried. */
    public <T> T askLeader(Function<AdminServiceBlockingStub, T> question) {
        try {
            return ask(question);
        } catch (MorphogenException failure) {
            Endpoint leader = leaderEndpoint(failure).orElseThrow(() -> failure);
            return first(List.of(leader), Limits.UNARY_DEADLINE.toNanos(), question);
        }
    }

    private <T> T first(List<Endpoint> among, long mostNanos, Function<AdminServiceBlockingStub, T> question) {
        MorphogenException last = new MorphogenException(FailureReason.SETTINGS_INVALID, "No coordinator is named.");
        for (Endpoint coordinator : among) {
            try {
                return call(coordinator, mostNanos, question);
            } catch (MorphogenException failure) {
                last = worthMore(last, failure);
                if (!worthAnother(failure)) {
                    throw failure;
                }
            }
        }
        throw last;
    }

    /** One who points to the leader is worth more than one who could not be reached. */
    private static MorphogenException worthMore(MorphogenException one, MorphogenException other) {
        return leaderEndpoint(one).isPresent() ? one : other;
    }

    /**
     * Publishes a snapshot and waits until it is served, telling progress on the way. All calls carry one
     * attempt id, so a lost connection or leader is answered by asking again: the next leader knows how it stands.
     *
     * @param again place it anew even if it is served already
     * @return the last progress told
     */
    public PublishProgress publish(String snapshot, boolean again, Consumer<PublishProgress> progress) {
        PublishRequest request = PublishRequest.newBuilder()
                .setSnapshot(snapshot)
                .setAgain(again)
                .setAttempt(UUID.randomUUID().toString())
                .build();
        AtomicLong ledNanos = new AtomicLong(System.nanoTime());
        List<Endpoint> next = coordinators;
        while (true) {
            try {
                return first(next, Long.MAX_VALUE, stub -> follow(stub.publish(request), progress, ledNanos));
            } catch (MorphogenException failure) {
                Optional<Endpoint> leader = next.equals(coordinators) ? leaderEndpoint(failure) : Optional.empty();
                next = leader.map(List::of).orElse(coordinators);
                boolean leaderless = System.nanoTime() - ledNanos.get() > longestAbsence.toNanos();
                if (leaderless || !worthAnother(failure)) {
                    throw failure;
                }
                if (leader.isEmpty()) {
                    pauseOrThrow(failure);
                }
            }
        }
    }

    /** A leader that has told anything led until its call ended, however long it had nothing new to tell. */
    private static PublishProgress follow(
            Iterator<PublishProgress> stream, Consumer<PublishProgress> progress, AtomicLong ledNanos) {
        PublishProgress last = PublishProgress.getDefaultInstance();
        boolean led = false;
        try {
            while (stream.hasNext()) {
                last = stream.next();
                led = true;
                progress.accept(last);
            }
        } finally {
            if (led) {
                ledNanos.set(System.nanoTime());
            }
        }
        return last;
    }

    private <T> T call(Endpoint coordinator, long mostNanos, Function<AdminServiceBlockingStub, T> question) {
        long nanos = Math.min(mostNanos, untilNanos - System.nanoTime());
        if (nanos <= 0) {
            throw new MorphogenException(
                    FailureReason.DEADLINE_PASSED, "The time for the command is over (--timeout).");
        }
        ManagedChannel channel = Transport.channel(coordinator, tls, Thread::startVirtualThread);
        try {
            return question.apply(
                    AdminServiceGrpc.newBlockingStub(channel).withDeadlineAfter(nanos, TimeUnit.NANOSECONDS));
        } catch (RuntimeException failed) {
            throw Failures.fromStatus("Coordinator " + coordinator, failed);
        } finally {
            channel.shutdownNow();
        }
    }

    private static boolean worthAnother(MorphogenException failure) {
        boolean ofThePublication = failure.facts().containsKey(GenerationControl.FAILED_GENERATION);
        return !ofThePublication && isOfTheCoordinator(failure);
    }

    private static boolean isOfTheCoordinator(MorphogenException failure) {
        return failure.reason() == FailureReason.UNAVAILABLE
                || failure.reason() == FailureReason.DEADLINE_PASSED
                || failure.reason() == FailureReason.NOT_LEADER;
    }

    private static Optional<Endpoint> leaderEndpoint(MorphogenException failure) {
        return Optional.ofNullable(failure.facts().get("leaderEndpoint")).map(Endpoint::parse);
    }

    private void pauseOrThrow(MorphogenException last) {
        if (System.nanoTime() + PAUSE_BETWEEN_ROUNDS.toNanos() >= untilNanos) {
            throw last;
        }
        try {
            TimeUnit.NANOSECONDS.sleep(PAUSE_BETWEEN_ROUNDS.toNanos());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw last;
        }
    }
}
