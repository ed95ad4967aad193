package org.morphogen.coordinator.view;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import org.morphogen.coordinator.broadcast.Broadcast;
import org.morphogen.coordinator.mirror.PartyMirror;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.ClusterView;
import org.morphogen.zookeeper.ClusterPaths;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The view that this coordinator serves: byte for byte what the leader wrote into ZooKeeper last, as far as this
 * coordinator has read. So all coordinators serve the same versions, and go on while ZooKeeper or the leader is away.
 * Thread-safe.
 */
public final class ServedView {
    private static final Logger LOG = LoggerFactory.getLogger(ServedView.class);
    private static final int MAX_WATCHERS = 10_000;

    private final int party;
    private final Broadcast<ClusterView> views = new Broadcast<>(MAX_WATCHERS);

    /** Follows {@code mirror}, which has not been started yet. */
    public ServedView(PartyMirror mirror, ClusterPaths paths) {
        party = paths.party();
        mirror.onChange(paths.view(), this::read);
        mirror.onFilled(this::startEmpty);
    }

    /** The newest view; fails with UNAVAILABLE until ZooKeeper has been read once. */
    public ClusterView current() {
        return views.newest().orElseThrow(() -> notRead());
    }

    /** The newest version known; 0 before any. */
    public long version() {
        return views.newest().map(ClusterView::getVersion).orElse(0L);
    }

    /** Sends the view as it stands, then newer ones; fails with BUSY when there are too many watchers. */
    public void watch(StreamObserver<ClusterView> watcher) {
        views.subscribe(watcher);
    }

    /** Ends all watches. */
    public void close() {
        views.end(Optional.of(new MorphogenException(
                FailureReason.UNAVAILABLE, "The coordinator of party " + party + " is shutting down.")));
    }

    private synchronized void read(byte[] bytes) {
        try {
            ClusterView view = ClusterView.parseFrom(bytes);
            if (views.newest().isEmpty() || view.getVersion() > version()) {
                views.publish(view);
            }
        } catch (InvalidProtocolBufferException broken) {
            LOG.warn("ZooKeeper holds an unsound view; the last sound one is served", broken);
        }
    }

    private synchronized void startEmpty() {
        if (views.newest().isEmpty()) {
            views.publish(ClusterView.newBuilder().setParty(party).build());
        }
    }

    private MorphogenException notRead() {
        return new MorphogenException(
                FailureReason.UNAVAILABLE,
                "The coordinator of party " + party + " has not reached its ZooKeeper since it started.");
    }
}
