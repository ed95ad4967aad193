package org.morphogen.coordinator.membership;

import java.io.IOException;
import java.time.Duration;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.nodes.PersistentNode;
import org.apache.zookeeper.CreateMode;
import org.morphogen.zookeeper.ClusterPaths;
import org.morphogen.zookeeper.RecordCodec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This coordinator's own ephemeral registration; made anew whenever a session was lost. */
public final class Presence implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Presence.class);
    private static final RecordCodec<CoordinatorRegistration> CODEC = new RecordCodec<>(CoordinatorRegistration.class);

    private static final Duration LONGEST_WITHDRAWAL = Duration.ofSeconds(1);

    private final PersistentNode node;

    /** Registers nothing until {@link #start}. */
    public Presence(CuratorFramework client, ClusterPaths paths, CoordinatorRegistration self) {
        node = new PersistentNode(
                client, CreateMode.EPHEMERAL, false, paths.coordinator(self.coordinatorId()), CODEC.encode(self));
    }

    /** Registers in the background, as soon as ZooKeeper can be reached. */
    public void start() {
        node.start();
    }

    /**
     * Withdraws the registration. Without ZooKeeper that would be tried for minutes: it is given up after a moment, and
     * the session's end does the same.
     */
    @Override
    public void close() {
        Thread withdrawing = Thread.ofVirtual().start(this::withdraw);
        try {
            withdrawing.join(LONGEST_WITHDRAWAL);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void withdraw() {
        try {
            node.close();
        } catch (IOException | IllegalStateException unreachable) {
            LOG.debug("The registration could not be withdrawn; it ends with the session", unreachable);
        }
    }
}
