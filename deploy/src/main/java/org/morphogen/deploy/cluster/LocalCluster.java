package org.morphogen.deploy.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.transport.Endpoint;

/**
 * Two whole parties on this machine. Closing ends every process, and so does the end of this JVM. The folder stays;
 * whoever made it removes it.
 */
public final class LocalCluster implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(90);

    private final ClusterPlan plan;
    private final FreePorts ports = new FreePorts();
    private final List<LocalParty> parties;
    private final Thread closer = new Thread(this::endProcesses, "end-processes");

    /** Makes the folders and settings of both parties; starts nothing yet. */
    public LocalCluster(ClusterPlan plan) {
        this.plan = plan;
        this.parties = List.of(new LocalParty(plan, 0, ports), new LocalParty(plan, 1, ports));
        writeClientSettings();
        Runtime.getRuntime().addShutdownHook(closer);
    }

    /** Starts all processes of both parties, without waiting. */
    public void launch() {
        parties.forEach(LocalParty::start);
    }

    /** Starts all but the coordinators, which {@link #launchCoordinators} does once their settings are complete. */
    public void launchAllButCoordinators() {
        parties.forEach(LocalParty::startAllButCoordinator);
    }

    /** Starts the coordinators, without waiting. */
    public void launchCoordinators() {
        parties.forEach(LocalParty::startCoordinator);
    }

    /** Waits until each coordinator knows all of its nodes; fails if a process ends before. */
    public void awaitNodes() {
        for (LocalParty party : parties) {
            try (PartyAdmin admin = new PartyAdmin(party)) {
                admin.awaitNodes(plan.nodesPerParty(), START_TIMEOUT);
            }
        }
    }

    /** Party 0 or 1. */
    public LocalParty party(int number) {
        return parties.get(number);
    }

    /** A loopback endpoint for something else, which none of the processes takes. */
    public Endpoint freeEndpoint() {
        return ports.next();
    }

    /** Settings file of a client of this cluster. */
    public Path clientSettings() {
        return plan.folder().resolve("client.yaml");
    }

    /** All processes of both parties. */
    public List<ChildProcess> processes() {
        return parties.stream().flatMap(party -> party.processes().stream()).toList();
    }

    /** Ends every process; returns when all are gone. */
    @Override
    public void close() {
        endProcesses();
        try {
            Runtime.getRuntime().removeShutdownHook(closer);
        } catch (IllegalStateException alreadyEnding) {
            // The hook itself runs, or has run: the processes are gone either way.
        }
    }

    private void endProcesses() {
        List<ChildProcess> all = processes();
        all.forEach(ChildProcess::requestStop);
        all.forEach(ChildProcess::stop);
    }

    private void writeClientSettings() {
        String settings = """
                party0:
                  coordinators: ["%s"]
                party1:
                  coordinators: ["%s"]
                """.formatted(party(0).coordinator(), party(1).coordinator());
        try {
            Files.writeString(clientSettings(), settings);
        } catch (IOException failed) {
            throw new MorphogenException(
                    FailureReason.STORAGE_FAILED, "Cannot write " + clientSettings() + ".", Map.of(), failed);
        }
    }
}
