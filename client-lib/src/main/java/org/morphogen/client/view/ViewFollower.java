package org.morphogen.client.view;

import io.grpc.ManagedChannel;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.ClusterView;
import org.morphogen.protocol.v1.ClusterViewServiceGrpc;
import org.morphogen.protocol.v1.WatchViewRequest;
import org.morphogen.transport.Endpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the newest view of one party, on a virtual thread of its own, until closed. A lost coordinator is followed by
 * the next, after a pause that grows while watches are short; meanwhile the last view stays good as long as nodes
 * answer its epochs, which they do without coordinators. Thread-safe.
 */
final class ViewFollower implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ViewFollower.class);

    /** A watch that was shorter than this tells of a coordinator that is not well, whatever it sent. */
    private static final long LASTING_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** The newest view, and why the party's views cannot be used if the last thing it sent was none. */
    private record Standing(PartyView newest, Optional<MorphogenException> broken) {}

    private final Coordinators coordinators;
    private final Thread thread;
    private volatile Standing standing;
    private volatile boolean closed;

    private ViewFollower(Coordinators coordinators, PartyView first) {
        this.coordinators = coordinators;
        this.standing = new Standing(first, Optional.empty());
        this.thread = Thread.ofVirtual()
                .name("morphogen-view-" + coordinators.party())
                .unstarted(this::follow);
    }

    /** Follows on from a view that was read before. */
    static ViewFollower start(Coordinators coordinators, PartyView first) {
        ViewFollower follower = new ViewFollower(coordinators, first);
        follower.thread.start();
        return follower;
    }

    /** The newest view; fails with PARTY_MISBEHAVES if the last thing that the party sent cannot be its view. */
    PartyView current() {
        Standing now = standing;
        if (now.broken().isPresent()) {
            MorphogenException broken = now.broken().get();
            throw new MorphogenException(broken.reason(), String.valueOf(broken.getMessage()), broken.facts(), broken);
        }
        return now.newest();
    }

    /** Stops following. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }

    private void follow() {
        Backoff backoff = new Backoff();
        try {
            for (int attempt = 0; !closed; attempt++) {
                long beganNanos = System.nanoTime();
                watch(coordinators.inTurn(attempt));
                if (System.nanoTime() - beganNanos > LASTING_NANOS) {
                    backoff.reset();
                }
                backoff.pause();
            }
        } catch (InterruptedException stopped) {
            log.debug("Party {}: no longer following its view.", coordinators.party());
        }
    }

    private void watch(Endpoint coordinator) {
        try {
            long views = coordinators.ask(coordinator, this::readAll);
            log.info("{} ended the watch of its view after {} views.", coordinators.name(coordinator), views);
        } catch (MorphogenException lost) {
            if (lost.reason() == FailureReason.PARTY_MISBEHAVES) {
                standing = new Standing(standing.newest(), Optional.of(lost));
            }
            if (!closed) {
                log.warn("Lost the view of party {}: {}", coordinators.party(), lost.getMessage());
            }
        }
    }

    private long readAll(ManagedChannel channel) {
        Iterator<ClusterView> views =
                ClusterViewServiceGrpc.newBlockingStub(channel).watch(WatchViewRequest.getDefaultInstance());
        long count = 0;
        for (; views.hasNext(); count++) {
            accept(ViewDecoder.decode(coordinators.party(), views.next()));
        }
        return count;
    }

    /** An older view than the newest comes from a coordinator that lags behind; it changes nothing. */
    private void accept(PartyView view) {
        if (Long.compareUnsigned(view.version(), standing.newest().version()) >= 0) {
            log.debug("Party {}: view {}.", view.party(), Long.toUnsignedString(view.version()));
            standing = new Standing(view, Optional.empty());
        }
    }
}
