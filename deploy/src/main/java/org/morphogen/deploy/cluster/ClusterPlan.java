package org.morphogen.deploy.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.settings.ByteSize;

/**
 * What a {@link LocalCluster} consists of.
 *
 * @param launcher the {@code morphogen} script that starts each process
 * @param folder for everything that the processes write
 * @param nodesPerParty shard nodes of each party
 * @param replicas nodes that hold each chunk
 * @param nodeMemory off-heap memory of each node
 */
public record ClusterPlan(Path launcher, Path folder, int nodesPerParty, int replicas, ByteSize nodeMemory) {
    public ClusterPlan {
        if (!Files.isExecutable(launcher)) {
            throw new MorphogenException(
                    FailureReason.SETTINGS_INVALID, "There is no launcher at " + launcher + "; run ./morphogen.");
        }
        if (replicas < 1 || nodesPerParty < replicas) {
            throw new IllegalArgumentException("a party needs at least as many nodes as replicas");
        }
    }

    /** The launcher that started this JVM. */
    public static Path ownLauncher() {
        String launcher = System.getenv("MORPHOGEN_LAUNCHER");
        if (launcher == null) {
            throw new MorphogenException(
                    FailureReason.SETTINGS_INVALID,
                    "MORPHOGEN_LAUNCHER is not set; start this command through the launcher, ./morphogen.");
        }
        return Path.of(launcher);
    }
}
