package org.morphogen.coordinator;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.morphogen.coordinator.epoch.ChainSettings;
import org.morphogen.settings.Setting;
import org.morphogen.transport.Endpoint;
import org.morphogen.transport.TlsSettings;
import org.morphogen.zookeeper.NodeRegistration;
import org.morphogen.zookeeper.ZooKeeperSettings;

/**
 * Settings of a coordinator.
 *
 * @param party 0 or 1
 * @param coordinatorId unique among the party's coordinators
 * @param listen host:port; port 0 takes any free one
 * @param advertise host:port at which others reach it; the listen host and the actual port where absent
 * @param snapshots directory of snapshot folders
 * @param replicas of each chunk, 1 to 8
 * @param zookeeper the party's ensemble
 * @param tls this process's certificates
 * @param retiredGenerationGrace how long a generation is still answered after the next one is served
 * @param loadTimeout longest time for nodes to load a generation
 * @param ethereumNode may hold a password
 * @param blockFile not together with ethereumNode
 * @param windowEpochs at least 2
 */
public record CoordinatorSettings(
        @Setting("0 or 1: the party that this process belongs to.")
        int party,

        @Setting("Name of this coordinator, unique in its party.")
        String coordinatorId,

        @Setting("Where to listen; port 0 takes any free one.")
        Endpoint listen,

        @Setting("Where others reach this coordinator, if not where it listens.")
        Optional<Endpoint> advertise,

        @Setting("Directory of snapshot folders.") Path snapshots,

        @Setting(value = "Nodes that hold each chunk.", byDefault = "2")
        int replicas,

        ZooKeeperSettings zookeeper,

        TlsSettings tls,

        @Setting(
                value =
                        "How long a generation is still answered after the next one is served, for clients whose other party"
                                + " has not moved on yet.",
                byDefault = "1h")
        Duration retiredGenerationGrace,

        @Setting(value = "Longest time for nodes to load a generation.", byDefault = "1h")
        Duration loadTimeout,

        @Setting("Where blocks come from: address of an Ethereum node that serves debug_traceBlockByHash or"
                + " debug_traceBlockByNumber, eth_getBalance, eth_getTransactionCount, eth_getCode, and eth_getStorageAt if"
                + " there is a slot-48 table. Without it and blockFile the matrix stands still.")
        Optional<String> ethereumNode,

        @Setting("Recorded blocks, one a line, to follow instead of a node.")
        Optional<Path> blockFile,

        @Setting(value = "Epochs that can be asked for, the head included; not more than nodes keep.", byDefault = "64")
        int windowEpochs) {

    private static final int MOST_REPLICAS = 8;

    public CoordinatorSettings {
        require(party == 0 || party == 1, "party: " + party + " is neither 0 nor 1");
        NodeRegistration.requireId(coordinatorId);
        require(replicas >= 1 && replicas <= MOST_REPLICAS, "replicas: 1 to " + MOST_REPLICAS + " are possible");
        require(
                advertise.isPresent() || !isWildcard(listen.host()),
                "advertise: needed, because others cannot reach " + listen.host());
        require(
                advertise.isEmpty() || advertise.get().port() > 0,
                "advertise: port 0 is no port that others can reach");
        require(!retiredGenerationGrace.isNegative(), "retiredGenerationGrace: not negative");
        require(loadTimeout.isPositive(), "loadTimeout: more than nothing");
        new ChainSettings(ethereumNode, blockFile, windowEpochs);
    }

    ChainSettings chain() {
        return new ChainSettings(ethereumNode, blockFile, windowEpochs);
    }

    /** Without {@link #ethereumNode}, which may hold a password. */
    @Override
    public String toString() {
        return "CoordinatorSettings[" + coordinatorId + " of party " + party + "]";
    }

    private static boolean isWildcard(String host) {
        return host.equals("0.0.0.0") || host.equals("::");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
