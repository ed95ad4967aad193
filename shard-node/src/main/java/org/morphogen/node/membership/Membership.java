package org.morphogen.node.membership;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.curator.framework.CuratorFramework;
import org.jspecify.annotations.Nullable;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.zookeeper.NodeRegistration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this node registered in ZooKeeper: an ephemeral znode, made again whenever it is gone, e.g. because the session
 * was lost. ZooKeeper being away is no failure; it is tried again. Never touches the registration of another living
 * node.
 *
 * <p>A registration that stands under this node's id but another session is either what this node left behind when it
 * was killed, or another node with the same id. The same endpoint proves the first, since this process listens on it
 * now. Otherwise the registration gets time to vanish; if it outlives a session timeout, {@code idTaken} is told, once,
 * unless this node was registered before: then it goes on trying.
 *
 * <p>Works on a thread of its own; {@code idTaken} is called there.
 */
public final class Membership implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Membership.class);
    private static final Duration FIRST_CONTACT = Duration.ofSeconds(5);
    private static final int LOOKS_PER_TIMEOUT = 5;
    private static final int TIMEOUTS_UNTIL_TAKEN = 2;

    private final RegistrationNode node;
    private final NodeRegistration registration;
    private final Duration sessionTimeout;
    private final Consumer<MorphogenException> idTaken;
    private final CuratorFramework zooKeeper;
    private final Semaphore wake = new Semaphore(0);
    private final Thread thread;
    private long foreignSinceNanos;
    private boolean foreignSeen;
    private boolean everRegistered;
    private volatile boolean closed;

    /**
     * Not begun yet. Leaves {@code zooKeeper} to be closed by the caller, after this.
     *
     * @param path where to register
     * @param sessionTimeout of every node of the party
     * @param idTaken told that another living node has this node's id
     */
    public Membership(
            CuratorFramework zooKeeper,
            String path,
            NodeRegistration registration,
            Duration sessionTimeout,
            Consumer<MorphogenException> idTaken) {
        this.zooKeeper = zooKeeper;
        this.node = new RegistrationNode(zooKeeper, path);
        this.registration = registration;
        this.sessionTimeout = sessionTimeout;
        this.idTaken = idTaken;
        this.thread = Thread.ofVirtual().name("membership").unstarted(this::run);
    }

    /** Begins to register; returns at once. */
    public void start() {
        zooKeeper.getConnectionStateListenable().addListener((client, state) -> {
            if (state.isConnected()) {
                wake.release();
            }
        });
        thread.start();
    }

    private void run() {
        if (!firstContact()) {
            return;
        }
        boolean reachable = true;
        while (!closed) {
            try {
                lookOnce();
                reachable = true;
            } catch (InterruptedException closing) {
                return;
            } catch (Exception away) {
                if (reachable && !closed) {
                    log.warn("ZooKeeper is away; this node goes on serving and tries again: {}", away.toString());
                }
                reachable = false;
            }
            if (!await()) {
                return;
            }
        }
    }

    /** Gives ZooKeeper a moment before it counts as away; false when closed meanwhile. */
    private boolean firstContact() {
        try {
            zooKeeper.blockUntilConnected((int) FIRST_CONTACT.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (InterruptedException closing) {
            return false;
        }
    }

    private void lookOnce() throws Exception {
        if (!zooKeeper.getZookeeperClient().isConnected()) {
            throw new IllegalStateException("not connected");
        }
        RegistrationNode.@Nullable Standing standing = node.read();
        if (standing == null) {
            if (node.create(registration)) {
                registered();
            }
        } else if (standing.ownSession()) {
            registered();
        } else if (standing.registration().endpoint().equals(registration.endpoint())) {
            log.info("Removing the registration that this node left behind");
            node.delete(standing);
            wake.release();
        } else {
            foreign(standing.registration());
        }
    }

    private void registered() {
        if (foreignSeen || !everRegistered) {
            log.info("Registered as {} at {}", registration.nodeId(), registration.endpoint());
        }
        foreignSeen = false;
        everRegistered = true;
    }

    private void foreign(NodeRegistration other) {
        long now = System.nanoTime();
        if (!foreignSeen) {
            foreignSeen = true;
            foreignSinceNanos = now;
            log.warn("Node id {} is registered at {}; waiting for that to end", other.nodeId(), other.endpoint());
        }
        boolean alive = now - foreignSinceNanos > sessionTimeout.toNanos() * TIMEOUTS_UNTIL_TAKEN;
        if (alive && !everRegistered && !closed) {
            closed = true;
            idTaken.accept(new MorphogenException(
                    FailureReason.SETTINGS_INVALID,
                    "nodeId: a node " + other.nodeId() + " at " + other.endpoint()
                            + " is alive; give this node another id, or stop that one."));
        }
    }

    private boolean await() {
        try {
            boolean woken = wake.tryAcquire(sessionTimeout.toMillis() / LOOKS_PER_TIMEOUT, TimeUnit.MILLISECONDS);
            if (woken) {
                wake.drainPermits();
            }
            return true;
        } catch (InterruptedException closing) {
            return false;
        }
    }

    /** Stops; the registration ends with the ZooKeeper session. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
