package org.morphogen.coordinator.generation;

import java.util.ArrayList;
import java.util.List;
import org.apache.curator.framework.CuratorFramework;
import org.morphogen.coordinator.epoch.ChainSettings;
import org.morphogen.coordinator.epoch.StepWatch;
import org.morphogen.coordinator.membership.CoordinatorRegistration;
import org.morphogen.coordinator.membership.Membership;
import org.morphogen.coordinator.membership.NodeWatch;
import org.morphogen.coordinator.transfer.SnapshotLibrary;
import org.morphogen.coordinator.view.ServedView;
import org.morphogen.zookeeper.ClusterPaths;

/**
 * What every leader of this process works with, whatever its term.
 *
 * @param client to the party's ZooKeeper
 * @param paths of the party
 * @param self this coordinator
 * @param membership who is alive
 * @param watch what the nodes say
 * @param library the snapshots at hand
 * @param view as served by this coordinator
 * @param replicas of each chunk
 * @param chain that the party follows, if any
 * @param timings how patient the leader is
 * @param steps told of each step along the chain
 */
public record Surroundings(
        CuratorFramework client,
        ClusterPaths paths,
        CoordinatorRegistration self,
        Membership membership,
        NodeWatch watch,
        SnapshotLibrary library,
        ServedView view,
        int replicas,
        ChainSettings chain,
        LeaderTimings timings,
        StepWatch steps) {

    /** Endpoints of the coordinators that nodes may pull snapshots from: this one first. */
    List<String> sources() {
        List<String> sources = new ArrayList<>(List.of(self.endpoint()));
        membership.coordinators().values().stream()
                .map(CoordinatorRegistration::endpoint)
                .filter(endpoint -> !endpoint.equals(self.endpoint()))
                .forEach(sources::add);
        return List.copyOf(sources);
    }
}
