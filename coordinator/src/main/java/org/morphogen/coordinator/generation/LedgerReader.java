package org.morphogen.coordinator.generation;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.KeeperException;
import org.morphogen.coordinator.placement.AssignmentRecord;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.ClusterView;
import org.morphogen.zookeeper.ClusterPaths;
import org.morphogen.zookeeper.RecordCodec;

/** Reads what a new leader must know, straight from ZooKeeper. */
final class LedgerReader {
    static final RecordCodec<GenerationRecord> GENERATION = new RecordCodec<>(GenerationRecord.class);
    static final RecordCodec<AssignmentRecord> ASSIGNMENT = new RecordCodec<>(AssignmentRecord.class);
    static final RecordCodec<LineRecord> LINE = new RecordCodec<>(LineRecord.class);
    static final RecordCodec<ServingRecord> SERVING = new RecordCodec<>(ServingRecord.class);

    private final CuratorFramework client;
    private final ClusterPaths paths;

    LedgerReader(CuratorFramework client, ClusterPaths paths) {
        this.client = client;
        this.paths = paths;
    }

    NavigableMap<Long, GenerationRecord> generations() {
        return records(paths.generations(), GENERATION);
    }

    NavigableMap<Long, AssignmentRecord> assignments() {
        return records(paths.assignments(), ASSIGNMENT);
    }

    NavigableMap<Long, LineRecord> lines() {
        return records(paths.lines(), LINE);
    }

    Optional<ServingRecord> serving() {
        return read(paths.serving()).map(bytes -> SERVING.decode(paths.serving(), bytes));
    }

    /** The view written last; one of version 0 when there was none. */
    ClusterView view() {
        try {
            Optional<byte[]> bytes = read(paths.view());
            return bytes.isPresent()
                    ? ClusterView.parseFrom(bytes.get())
                    : ClusterView.newBuilder().setParty(paths.party()).build();
        } catch (InvalidProtocolBufferException broken) {
            throw new MorphogenException(
                    FailureReason.STORAGE_FAILED,
                    "ZooKeeper's " + paths.view() + " does not hold a sound view.",
                    Map.of(),
                    broken);
        }
    }

    private <T extends Record> NavigableMap<Long, T> records(String parent, RecordCodec<T> codec) {
        NavigableMap<Long, T> records = new TreeMap<>();
        for (String name : reading(() -> client.getChildren().forPath(parent))) {
            String path = parent + "/" + name;
            read(path).ifPresent(bytes -> records.put(number(path, name), codec.decode(path, bytes)));
        }
        return records;
    }

    private Optional<byte[]> read(String path) {
        return reading(() -> {
            try {
                return Optional.of(client.getData().forPath(path));
            } catch (KeeperException.NoNodeException absent) {
                return Optional.empty();
            }
        });
    }

    private static long number(String path, String name) {
        try {
            return Long.parseLong(name);
        } catch (NumberFormatException strange) {
            throw new MorphogenException(
                    FailureReason.STORAGE_FAILED,
                    "ZooKeeper's " + path + " is not named by a number.",
                    Map.of(),
                    strange);
        }
    }

    private static <T> T reading(Reading<T> reading) {
        try {
            return reading.read();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw unreadable(stopped);
        } catch (Exception failed) {
            throw unreadable(failed);
        }
    }

    private static MorphogenException unreadable(Exception cause) {
        return new MorphogenException(
                FailureReason.UNAVAILABLE, "ZooKeeper could not be read: " + cause.getMessage() + ".", Map.of(), cause);
    }

    /** Curator declares every exception there is. */
    @FunctionalInterface
    private interface Reading<T> {
        T read() throws Exception;
    }
}
