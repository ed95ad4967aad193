package org.morphogen.node;

import java.nio.file.Path;
import java.util.Optional;
import org.morphogen.node.engine.ScanEngine;
import org.morphogen.node.epoch.EpochSettings;
import org.morphogen.node.epoch.StepWatch;
import org.morphogen.node.numa.NumaChoice;
import org.morphogen.node.query.QueryLimits;
import org.morphogen.settings.ByteSize;
import org.morphogen.settings.Setting;
import org.morphogen.transport.Endpoint;
import org.morphogen.transport.TlsSettings;
import org.morphogen.zookeeper.NodeRegistration;
import org.morphogen.zookeeper.ZooKeeperSettings;

/**
 * Settings of a shard node.
 *
 * @param party 0 or 1
 * @param nodeId unique among the party's nodes; letters, digits, dots, dashes and underscores, at most 64
 * @param listen port 0 takes any free one
 * @param advertise where others reach the node; absent means where it listens
 * @param dataDirectory of this node alone
 * @param memory at least 1 MiB
 * @param metricsListen port 0 takes any free one
 * @param scanThreads 0 means as many as suit the engine; at most 1024
 */
public record NodeSettings(
        @Setting("Which party this node is of: 0 or 1.") int party,

        @Setting("Name of the node, unique in its party.") String nodeId,

        @Setting("Where queries and control calls are taken; port 0 takes any free one.")
        Endpoint listen,

        @Setting("Where others reach this node, if not where it listens.")
        Optional<Endpoint> advertise,

        @Setting("Folder for chunks, of this node alone.") Path dataDirectory,

        @Setting("Memory that chunks may take: off-heap, or with engine cuda that of the GPUs.")
        ByteSize memory,

        @Setting(value = "What scans: auto takes the fastest that this machine can run.", byDefault = "auto")
        EngineChoice engine,

        @Setting(value = "Threads that scan; 0 means one a processor, or two a GPU.", byDefault = "0")
        int scanThreads,

        @Setting(
                value = "Machines with several NUMA nodes: auto spreads chunks over their memory and pins scanning "
                        + "threads beside it, off leaves both to the kernel.",
                byDefault = "auto")
        NumaChoice numa,

        @Setting("Where Prometheus reads metrics, in plain HTTP; absent means nowhere.")
        Optional<Endpoint> metricsListen,

        @Setting("The party's ZooKeeper.") ZooKeeperSettings zookeeper,

        @Setting("TLS material; needed beyond loopback.") TlsSettings tls,

        @Setting(value = "Queries taken in at once; beyond it BUSY is answered.", byDefault = "256")
        int maxQueriesInFlight,

        @Setting(value = "Keys of all queries taken in at once; beyond it BUSY is answered.", byDefault = "16384")
        int maxKeysInFlight,

        @Setting(value = "Queries taken in at once on one stream; beyond it the stream waits.", byDefault = "64")
        int maxQueriesPerStream,

        @Setting(value = "Epochs that can be asked for, the head included.", byDefault = "64")
        int windowEpochs,

        @Setting(
                value = "Heap that the window's deltas may take; beyond it the window is shorter.",
                byDefault = "256MiB")
        ByteSize windowMemory,

        @Setting(
                value = "Deltas on disk, those of the window not counted, beyond which chunks are written anew.",
                byDefault = "256MiB")
        ByteSize deltaLog) {

    private static final long LEAST_MEMORY_BYTES = 1 << 20;
    private static final int MOST_THREADS = 1024;

    public NodeSettings {
        if (party != 0 && party != 1) {
            throw new IllegalArgumentException("party: " + party + " is neither 0 nor 1");
        }
        NodeRegistration.requireId(nodeId);
        if (memory.bytes() < LEAST_MEMORY_BYTES) {
            throw new IllegalArgumentException("memory: at least 1MiB");
        }
        if (scanThreads < 0 || scanThreads > MOST_THREADS) {
            throw new IllegalArgumentException("scanThreads: 0 to " + MOST_THREADS);
        }
        if (advertise.isPresent() && advertise.get().port() == 0) {
            throw new IllegalArgumentException("advertise: needs a port");
        }
        if (advertise.isEmpty()
                && (listen.host().equals("0.0.0.0") || listen.host().equals("::"))) {
            throw new IllegalArgumentException(
                    "advertise: must be set, since " + listen.host() + " is no address to call");
        }
        new QueryLimits(maxQueriesInFlight, maxKeysInFlight, maxQueriesPerStream);
        new EpochSettings(windowEpochs, windowMemory.bytes(), deltaLog.bytes(), StepWatch.NONE);
    }

    EpochSettings epochSettings() {
        return new EpochSettings(windowEpochs, windowMemory.bytes(), deltaLog.bytes(), StepWatch.NONE);
    }

    QueryLimits queryLimits() {
        return new QueryLimits(maxQueriesInFlight, maxKeysInFlight, maxQueriesPerStream);
    }

    int scanThreadCount(ScanEngine engine) {
        return scanThreads == 0 ? engine.scanThreads() : scanThreads;
    }
}
