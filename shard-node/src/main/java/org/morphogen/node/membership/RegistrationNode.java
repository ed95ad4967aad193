package org.morphogen.node.membership;

import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.morphogen.zookeeper.NodeRegistration;
import org.morphogen.zookeeper.RecordCodec;

/** The znode that a node registers with. */
final class RegistrationNode {
    private static final RecordCodec<NodeRegistration> CODEC = new RecordCodec<>(NodeRegistration.class);

    private final CuratorFramework zooKeeper;
    private final String path;

    /** What stands in the znode. */
    record Standing(NodeRegistration registration, boolean ownSession, int version) {}

    RegistrationNode(CuratorFramework zooKeeper, String path) {
        this.zooKeeper = zooKeeper;
        this.path = path;
    }

    /** What stands there; null when nothing does. */
    @Nullable
    Standing read() throws Exception {
        Stat stat = new Stat();
        try {
            byte[] bytes = zooKeeper.getData().storingStatIn(stat).forPath(path);
            long ownSession = zooKeeper.getZookeeperClient().getZooKeeper().getSessionId();
            return new Standing(CODEC.decode(path, bytes), stat.getEphemeralOwner() == ownSession, stat.getVersion());
        } catch (KeeperException.NoNodeException nothing) {
            return null;
        }
    }

    /** Registers in this session; false when somebody was quicker. */
    boolean create(NodeRegistration registration) throws Exception {
        try {
            zooKeeper
                    .create()
                    .creatingParentsIfNeeded()
                    .withMode(CreateMode.EPHEMERAL)
                    .forPath(path, CODEC.encode(registration));
            return true;
        } catch (KeeperException.NodeExistsException somebody) {
            return false;
        }
    }

    /** Removes what stands there unless it changed. */
    void delete(Standing standing) throws Exception {
        try {
            zooKeeper.delete().withVersion(standing.version()).forPath(path);
        } catch (KeeperException.NoNodeException | KeeperException.BadVersionException changed) {
            return;
        }
    }
}
