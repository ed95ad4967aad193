package org.morphogen.coordinator.membership;

import java.util.Optional;
import java.util.SortedMap;
import org.morphogen.coordinator.mirror.PartyMirror;
import org.morphogen.zookeeper.ClusterPaths;
import org.morphogen.zookeeper.NodeRegistration;
import org.morphogen.zookeeper.RecordCodec;

/** The nodes and coordinators that ZooKeeper counts as alive, as the mirror knows them. Thread-safe. */
public final class Membership {
    private static final RecordCodec<NodeRegistration> NODE = new RecordCodec<>(NodeRegistration.class);
    private static final RecordCodec<CoordinatorRegistration> COORDINATOR =
            new RecordCodec<>(CoordinatorRegistration.class);

    private final PartyMirror mirror;
    private final ClusterPaths paths;

    /** Reads from {@code mirror}. */
    public Membership(PartyMirror mirror, ClusterPaths paths) {
        this.mirror = mirror;
        this.paths = paths;
    }

    /** False while ZooKeeper has not been read once, so that nobody seems to be alive. */
    public boolean known() {
        return mirror.filled();
    }

    /** Living nodes by id. */
    public SortedMap<String, NodeRegistration> nodes() {
        return mirror.children(paths.nodes(), NODE);
    }

    /** Living coordinators by id. */
    public SortedMap<String, CoordinatorRegistration> coordinators() {
        return mirror.children(paths.coordinators(), COORDINATOR);
    }

    /** A living coordinator. */
    public Optional<CoordinatorRegistration> coordinator(String coordinatorId) {
        return mirror.read(paths.coordinator(coordinatorId), COORDINATOR);
    }
}
