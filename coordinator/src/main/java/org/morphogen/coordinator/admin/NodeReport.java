package org.morphogen.coordinator.admin;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.morphogen.coordinator.membership.NodeSighting;
import org.morphogen.coordinator.placement.AssignmentRecord;
import org.morphogen.protocol.v1.HeldGeneration;
import org.morphogen.protocol.v1.NodeInfo;
import org.morphogen.protocol.v1.NodeList;
import org.morphogen.protocol.v1.NodeStatus;

/** Writes the list of nodes: those alive, and those gone that should hold chunks. */
final class NodeReport {
    private static final String UNREACHABLE = "UNREACHABLE";
    private static final String GONE = "GONE";

    private final Map<String, NodeSighting> sightings;
    private final Collection<AssignmentRecord> assignments;

    NodeReport(Map<String, NodeSighting> sightings, Collection<AssignmentRecord> assignments) {
        this.sightings = sightings;
        this.assignments = assignments;
    }

    NodeList list() {
        SortedMap<String, String> endpoints = new TreeMap<>();
        assignments.stream()
                .flatMap(AssignmentRecord::replicas)
                .forEach(replica -> endpoints.put(replica.nodeId(), replica.endpoint()));
        sightings.forEach(
                (id, sighting) -> endpoints.put(id, sighting.registration().endpoint()));
        NodeList.Builder list = NodeList.newBuilder();
        endpoints.forEach((id, endpoint) -> list.addNodes(node(id, endpoint)));
        return list.build();
    }

    private NodeInfo node(String nodeId, String endpoint) {
        Optional<NodeSighting> sighting = Optional.ofNullable(sightings.get(nodeId));
        NodeInfo.Builder info = NodeInfo.newBuilder()
                .setNodeId(nodeId)
                .setEndpoint(endpoint)
                .setAlive(sighting.isPresent())
                .setState(sighting.isPresent() ? UNREACHABLE : GONE)
                .setChunksWanted(wanted(nodeId))
                .setProblem(sighting.map(NodeSighting::problem)
                        .orElse("not registered in ZooKeeper; start it again or publish to other nodes"));
        sighting.ifPresent(
                alive -> info.setMemoryLimitBytes(alive.registration().memoryLimitBytes()));
        sighting.flatMap(NodeSighting::status).ifPresent(status -> fill(info, nodeId, status));
        return info.build();
    }

    private void fill(NodeInfo.Builder info, String nodeId, NodeStatus status) {
        List<HeldGeneration> held = assignments.stream()
                .filter(assignment -> assignment.shardOf(nodeId).isPresent())
                .flatMap(assignment -> status.getGenerationsList().stream()
                        .filter(one -> one.getGeneration() == assignment.generation()))
                .toList();
        info.setState(status.getState())
                .setEngine(status.getEngine())
                .setMemoryLimitBytes(status.getMemoryLimitBytes())
                .setMemoryUsedBytes(status.getMemoryUsedBytes())
                .setChunksReady(
                        held.stream().mapToInt(HeldGeneration::getChunksReady).sum());
        held.stream()
                .map(HeldGeneration::getProblem)
                .filter(problem -> !problem.isEmpty())
                .findFirst()
                .ifPresent(info::setProblem);
    }

    private int wanted(String nodeId) {
        return assignments.stream()
                .flatMap(assignment -> assignment.shardOf(nodeId).stream())
                .mapToInt(shard -> shard.chunks().size())
                .sum();
    }
}
