package org.morphogen.zookeeper;

import java.util.Locale;

/**
 * Where a party keeps what in its ZooKeeper. Everything is small: no rows, no deltas.
 *
 * @param party 0 or 1
 */
public record ClusterPaths(int party) {
    public ClusterPaths {
        if (party != 0 && party != 1) {
            throw new IllegalArgumentException("party: " + party + " is neither 0 nor 1");
        }
    }

    /** Parent of all else. */
    public String root() {
        return "/morphogen/party-" + party;
    }

    /** Parent of the nodes' ephemeral {@link NodeRegistration}s. */
    public String nodes() {
        return root() + "/nodes";
    }

    /** Ephemeral registration of a node. */
    public String node(String nodeId) {
        return nodes() + "/" + nodeId;
    }

    /** Parent of the coordinators' ephemeral registrations. */
    public String coordinators() {
        return root() + "/coordinators";
    }

    /** Ephemeral registration of a coordinator. */
    public String coordinator(String coordinatorId) {
        return coordinators() + "/" + coordinatorId;
    }

    /** The leader latch. */
    public String leader() {
        return root() + "/leader";
    }

    /** The newest leader's term; grows with every new leader. */
    public String term() {
        return root() + "/term";
    }

    /** Parent of the generations' records. */
    public String generations() {
        return root() + "/generations";
    }

    /** Record of one generation and its state. */
    public String generation(long generation) {
        return generations() + "/" + digits(generation);
    }

    /** Parent of the assignments. */
    public String assignments() {
        return root() + "/assignments";
    }

    /** The chunk assignment of one generation. */
    public String assignment(long generation) {
        return assignments() + "/" + digits(generation);
    }

    /** Parent of the epochs of generations that follow the chain without being the one in the view. */
    public String lines() {
        return root() + "/lines";
    }

    /** The epochs of one such generation. */
    public String line(long generation) {
        return lines() + "/" + digits(generation);
    }

    /** Which generation is served, and its head. */
    public String serving() {
        return root() + "/serving";
    }

    /** The cluster view as it is served, a {@code ClusterView} message; written by the leader. */
    public String view() {
        return root() + "/view";
    }

    /** Ten digits or more, so that names are ordered as numbers are; the same on every machine, whatever its locale. */
    private static String digits(long generation) {
        return String.format(Locale.ROOT, "%010d", generation);
    }
}
