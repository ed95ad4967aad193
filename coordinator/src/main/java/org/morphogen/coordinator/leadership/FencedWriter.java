package org.morphogen.coordinator.leadership;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.zookeeper.KeeperException;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.zookeeper.ClusterPaths;

/**
 * The only way in which a leader changes ZooKeeper: transactions that succeed only while its term is the newest. So
 * a leader that lost its place without knowing cannot change anything. Thread-safe.
 */
public final class FencedWriter {
    /** Bytes of paths and contents in one transaction; ZooKeeper hangs up on a packet of 1 MiB or more. */
    static final int MAX_BYTES = 960 << 10;

    private final CuratorFramework client;
    private final ClusterPaths paths;
    private final LeaderTerm term;

    /** A writer for one term. */
    public FencedWriter(CuratorFramework client, ClusterPaths paths, LeaderTerm term) {
        this.client = client;
        this.paths = paths;
        this.term = term;
    }

    /** The term that fences. */
    public LeaderTerm term() {
        return term;
    }

    /** Makes all changes or none; REQUEST_TOO_LARGE, and nothing is sent, beyond {@link #MAX_BYTES}. */
    public void commit(List<Write> writes) throws OfficeLost {
        requireFits(writes);
        try {
            List<CuratorOp> operations = new ArrayList<>();
            operations.add(
                    client.transactionOp().check().withVersion(term.fence()).forPath(paths.term()));
            for (Write write : writes) {
                operations.add(operation(write));
            }
            client.transaction().forOperations(operations);
        } catch (KeeperException.BadVersionException superseded) {
            throw new OfficeLost(new MorphogenException(
                    FailureReason.STALE_TERM,
                    "Term " + term.number() + " is over; nothing was written.",
                    Map.of(),
                    superseded));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw unknownOutcome(stopped);
        } catch (Exception failed) {
            throw unknownOutcome(failed);
        }
    }

    /** Sent, it would end the connection each time, for this leader and for every next one. */
    private static void requireFits(List<Write> writes) {
        long bytes = writes.stream().mapToLong(Write::bytesSent).sum();
        if (bytes > MAX_BYTES) {
            throw new MorphogenException(
                    FailureReason.REQUEST_TOO_LARGE,
                    "A change of %d bytes to %s is more than the %d that ZooKeeper takes; use fewer, larger nodes."
                            .formatted(bytes, writes.getFirst().path(), MAX_BYTES),
                    Map.of("limit", Integer.toString(MAX_BYTES)));
        }
    }

    private CuratorOp operation(Write write) throws Exception {
        return switch (write) {
            case Write.Create create ->
                client.transactionOp()
                        .create()
                        .forPath(create.path(), create.bytes().toByteArray());
            case Write.Update update ->
                client.transactionOp()
                        .setData()
                        .forPath(update.path(), update.bytes().toByteArray());
            case Write.Delete delete -> client.transactionOp().delete().forPath(delete.path());
        };
    }

    private static OfficeLost unknownOutcome(Exception cause) {
        return new OfficeLost(new MorphogenException(
                FailureReason.UNAVAILABLE,
                "ZooKeeper did not confirm a write (" + cause.getMessage() + ").",
                Map.of(),
                cause));
    }
}
