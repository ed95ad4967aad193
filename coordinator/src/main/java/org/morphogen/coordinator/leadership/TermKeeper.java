package org.morphogen.coordinator.leadership;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.zookeeper.ClusterPaths;
import org.morphogen.zookeeper.RecordCodec;

/** Raises the term in ZooKeeper by compare-and-set. */
final class TermKeeper {
    private static final int TRIES = 10;
    private static final RecordCodec<TermRecord> CODEC = new RecordCodec<>(TermRecord.class);

    private final CuratorFramework client;
    private final ClusterPaths paths;
    private final String coordinatorId;

    TermKeeper(CuratorFramework client, ClusterPaths paths, String coordinatorId) {
        this.client = client;
        this.paths = paths;
        this.coordinatorId = coordinatorId;
    }

    /** Takes a term above the one stored and above {@code above}; fails with UNAVAILABLE or STORAGE_FAILED. */
    LeaderTerm raise(long above) {
        try {
            makeParents();
            for (int i = 0; i < TRIES; i++) {
                Optional<LeaderTerm> raised = tryRaise(above);
                if (raised.isPresent()) {
                    return raised.get();
                }
            }
            throw unavailable("others kept changing it", null);
        } catch (MorphogenException told) {
            throw told;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw unavailable("stopped while writing", stopped);
        } catch (Exception failed) {
            throw unavailable(String.valueOf(failed.getMessage()), failed);
        }
    }

    /** Empty when another coordinator changed the term at the same time. */
    private Optional<LeaderTerm> tryRaise(long above) throws Exception {
        try {
            return Optional.of(client.checkExists().forPath(paths.term()) == null ? first(above) : next(above));
        } catch (KeeperException.BadVersionException
                | KeeperException.NodeExistsException
                | KeeperException.NoNodeException raced) {
            return Optional.empty();
        }
    }

    private LeaderTerm first(long above) throws Exception {
        TermRecord record = new TermRecord(above + 1, coordinatorId);
        client.create().forPath(paths.term(), CODEC.encode(record));
        return new LeaderTerm(record.term(), 0);
    }

    private LeaderTerm next(long above) throws Exception {
        Stat stat = new Stat();
        byte[] bytes = client.getData().storingStatIn(stat).forPath(paths.term());
        long stored = CODEC.decode(paths.term(), bytes).term();
        TermRecord record = new TermRecord(Math.max(stored, above) + 1, coordinatorId);
        Stat written = client.setData().withVersion(stat.getVersion()).forPath(paths.term(), CODEC.encode(record));
        return new LeaderTerm(record.term(), written.getVersion());
    }

    /** The layout's folders; making them is harmless whoever does it. */
    private void makeParents() throws Exception {
        for (String parent :
                List.of(paths.nodes(), paths.coordinators(), paths.generations(), paths.assignments(), paths.lines())) {
            client.checkExists().creatingParentsIfNeeded().forPath(parent + "/any");
        }
    }

    private MorphogenException unavailable(String why, @Nullable Throwable cause) {
        return new MorphogenException(
                FailureReason.UNAVAILABLE,
                "The term at " + paths.term() + " was not raised: " + why + ".",
                Map.of(),
                cause);
    }
}
