package org.morphogen.deploy.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.transport.Endpoint;

/**
 * One party on this machine: a ZooKeeper, a coordinator and shard nodes, each a process of its own with a folder of
 * its own. Ports stay the same over restarts. One thread starts and kills; any may read.
 */
public final class LocalParty {
    private final ClusterPlan plan;
    private final int party;
    private final Path folder;
    private final Endpoint zooKeeperEndpoint;
    private final Endpoint coordinatorEndpoint;
    private final List<Endpoint> nodeEndpoints;
    private volatile @Nullable ChildProcess zooKeeper;
    private volatile @Nullable ChildProcess coordinator;
    private final Map<Integer, ChildProcess> nodes = new ConcurrentSkipListMap<>();

    LocalParty(ClusterPlan plan, int party, FreePorts ports) {
        this.plan = plan;
        this.party = party;
        this.folder = plan.folder().resolve("party-" + party);
        this.zooKeeperEndpoint = ports.next();
        this.coordinatorEndpoint = ports.next();
        List<Endpoint> endpoints = new ArrayList<>();
        for (int i = 0; i < plan.nodesPerParty(); i++) {
            endpoints.add(ports.next());
        }
        this.nodeEndpoints = List.copyOf(endpoints);
        writeSettings();
    }

    /** 0 or 1. */
    public int number() {
        return party;
    }

    /** Where the coordinator takes snapshots to publish from. */
    public Path snapshots() {
        return folder.resolve("snapshots");
    }

    /** Where the coordinator listens. */
    public Endpoint coordinator() {
        return coordinatorEndpoint;
    }

    /** Where ZooKeeper listens. */
    public Endpoint zooKeeper() {
        return zooKeeperEndpoint;
    }

    /** Where ZooKeeper keeps its data. */
    public Path zooKeeperData() {
        return folder.resolve("zookeeper");
    }

    /** The coordinator's settings file. */
    public Path coordinatorSettings() {
        return folder.resolve("coordinator.yaml");
    }

    /** Settings file of node {@code index}. */
    public Path nodeSettings(int index) {
        return folder.resolve(nodeId(index) + ".yaml");
    }

    /** The processes that were started and not stopped, for messages and tests. */
    public List<ChildProcess> processes() {
        List<ChildProcess> all = new ArrayList<>();
        Optional.ofNullable(zooKeeper).ifPresent(all::add);
        Optional.ofNullable(coordinator).ifPresent(all::add);
        all.addAll(nodes.values());
        return all;
    }

    /** Starts all processes, without waiting until they are ready. */
    public void start() {
        startAllButCoordinator();
        startCoordinator();
    }

    /** Starts ZooKeeper and the nodes. */
    void startAllButCoordinator() {
        startZooKeeper();
        for (int i = 0; i < plan.nodesPerParty(); i++) {
            startNode(i);
        }
    }

    /** Starts ZooKeeper on the data that it left. */
    public void startZooKeeper() {
        zooKeeper =
                launch("zookeeper", List.of("zookeeper", "--data=" + zooKeeperData(), "--listen=" + zooKeeperEndpoint));
    }

    /** Kills ZooKeeper. */
    public void killZooKeeper() {
        Optional.ofNullable(zooKeeper).ifPresent(ChildProcess::kill);
        zooKeeper = null;
    }

    /** Starts the coordinator. */
    public void startCoordinator() {
        coordinator = launch("coordinator", List.of("coordinator", "--config=" + coordinatorSettings()));
    }

    /** Kills the coordinator. */
    public void killCoordinator() {
        Optional.ofNullable(coordinator).ifPresent(ChildProcess::kill);
        coordinator = null;
    }

    /** Starts node {@code index} on the data that it left. */
    public void startNode(int index) {
        nodes.put(index, launch(nodeId(index), List.of("node", "--config=" + nodeSettings(index))));
    }

    /** Kills node {@code index}. */
    public void killNode(int index) {
        ChildProcess node = nodes.remove(index);
        if (node != null) {
            node.kill();
        }
    }

    /** Where node {@code index} keeps its chunks. */
    public Path nodeData(int index) {
        return folder.resolve(nodeId(index));
    }

    /** The id of node {@code index}. */
    public String nodeId(int index) {
        return "node-" + party + (char) ('a' + index);
    }

    /** The id of the node that listens there; the endpoint itself if there is none. */
    public String nodeAt(Endpoint endpoint) {
        int index = nodeEndpoints.indexOf(endpoint);
        return index < 0 ? endpoint.toString() : nodeId(index);
    }

    private ChildProcess launch(String name, List<String> arguments) {
        return ChildProcess.start(
                plan.launcher(),
                "party " + party + " " + name,
                folder.resolve("logs").resolve(name + ".log"),
                arguments);
    }

    private void writeSettings() {
        try {
            Files.createDirectories(folder.resolve("logs"));
            Files.createDirectories(snapshots());
            Files.writeString(coordinatorSettings(), coordinatorText());
            for (int i = 0; i < plan.nodesPerParty(); i++) {
                Files.writeString(nodeSettings(i), nodeText(i));
            }
        } catch (IOException failed) {
            throw new MorphogenException(
                    FailureReason.STORAGE_FAILED, "Cannot write settings into " + folder + ".", Map.of(), failed);
        }
    }

    private String coordinatorText() {
        return """
                party: %d
                coordinatorId: coordinator-%d
                listen: %s
                snapshots: snapshots
                replicas: %d
                zookeeper:
                  servers: ["%s"]
                  sessionTimeout: 4s
                """.formatted(party, party, coordinatorEndpoint, plan.replicas(), zooKeeperEndpoint);
    }

    private String nodeText(int index) {
        return """
                party: %d
                nodeId: %s
                listen: %s
                dataDirectory: %s
                memory: %d
                zookeeper:
                  servers: ["%s"]
                  sessionTimeout: 4s
                """.formatted(
                        party,
                        nodeId(index),
                        nodeEndpoints.get(index),
                        nodeId(index),
                        plan.nodeMemory().bytes(),
                        zooKeeperEndpoint);
    }
}
