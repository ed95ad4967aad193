package org.morphogen.deploy.chain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import org.morphogen.coordinator.Coordinator;
import org.morphogen.coordinator.CoordinatorSettings;
import org.morphogen.deploy.cluster.LocalParty;
import org.morphogen.deploy.zookeeper.StandaloneZooKeeper;
import org.morphogen.node.NodeSettings;
import org.morphogen.node.ShardNode;
import org.morphogen.settings.SettingsFile;

/** Parts of a party that live in this process, and speak over sockets as those of others do. */
final class PartyParts implements AutoCloseable {
    /** So short that no session outlives its process by more than two seconds: twenty ticks are the longest. */
    static final int TICK_MILLIS = 100;

    private final LocalParty party;
    private final Deque<Runnable> running = new ArrayDeque<>();

    /** None yet. The party follows the chain that the Ethereum node tells of. */
    PartyParts(LocalParty party, String ethereumNode) throws IOException {
        this.party = party;
        Files.writeString(
                party.coordinatorSettings(), "ethereumNode: " + ethereumNode + "\n", StandardOpenOption.APPEND);
    }

    LocalParty party() {
        return party;
    }

    void startZooKeeper() {
        StandaloneZooKeeper zooKeeper =
                StandaloneZooKeeper.start(party.zooKeeperData(), party.zooKeeper(), TICK_MILLIS);
        running.push(zooKeeper::close);
    }

    void startCoordinator() {
        Coordinator coordinator =
                new Coordinator(SettingsFile.load(party.coordinatorSettings(), CoordinatorSettings.class));
        running.push(coordinator::close);
        coordinator.start();
    }

    void startNode(int index) {
        ShardNode node = ShardNode.start(SettingsFile.load(party.nodeSettings(index), NodeSettings.class));
        running.push(node::close);
    }

    @Override
    public void close() {
        while (!running.isEmpty()) {
            running.pop().run();
        }
    }
}
