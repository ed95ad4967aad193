package org.morphogen.coordinator.admin;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.morphogen.coordinator.generation.GenerationRecord;
import org.morphogen.coordinator.generation.GenerationState;
import org.morphogen.coordinator.generation.LineRecord;
import org.morphogen.coordinator.generation.ServingRecord;
import org.morphogen.coordinator.leadership.Leaders;
import org.morphogen.coordinator.membership.CoordinatorRegistration;
import org.morphogen.coordinator.membership.Membership;
import org.morphogen.coordinator.membership.NodeSighting;
import org.morphogen.coordinator.membership.NodeWatch;
import org.morphogen.coordinator.mirror.PartyMirror;
import org.morphogen.coordinator.placement.AssignmentRecord;
import org.morphogen.coordinator.view.ServedView;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.ClusterView;
import org.morphogen.zookeeper.ClusterPaths;
import org.morphogen.zookeeper.RecordCodec;

/**
 * What any coordinator can tell about its party, leader or not.
 *
 * @param coordinatorId this coordinator
 * @param paths of the party
 * @param mirror of the party's znodes
 * @param membership who is alive
 * @param leaders who leads
 * @param watch what the nodes say
 * @param view as served
 */
public record PartyInsight(
        String coordinatorId,
        ClusterPaths paths,
        PartyMirror mirror,
        Membership membership,
        Leaders leaders,
        NodeWatch watch,
        ServedView view) {

    private static final RecordCodec<GenerationRecord> GENERATION = new RecordCodec<>(GenerationRecord.class);
    private static final RecordCodec<ServingRecord> SERVING = new RecordCodec<>(ServingRecord.class);
    private static final RecordCodec<LineRecord> LINE = new RecordCodec<>(LineRecord.class);
    private static final RecordCodec<AssignmentRecord> ASSIGNMENT = new RecordCodec<>(AssignmentRecord.class);

    /** All generations remembered, oldest first; fails with UNAVAILABLE until ZooKeeper has been read once. */
    Collection<GenerationRecord> generations() {
        requireFilled();
        return mirror.children(paths.generations(), GENERATION).values();
    }

    /** Assignments of the generations that nodes shall hold, oldest first. */
    Collection<AssignmentRecord> assignments() {
        requireFilled();
        return mirror.children(paths.assignments(), ASSIGNMENT).values();
    }

    /** The generation that is being published, and how far it is. */
    Optional<StagedReport> staged() {
        return generations().stream()
                .filter(record -> record.state() == GenerationState.STAGING)
                .findFirst()
                .map(record -> new StagedReport(
                        record,
                        mirror.read(paths.assignment(record.generation()), ASSIGNMENT),
                        mirror.read(paths.line(record.generation()), LINE),
                        sightings()));
    }

    /** Why generations do not follow the chain, in full, by number; those that do are left out. */
    Map<Long, String> stalled() {
        Map<Long, String> why = new TreeMap<>();
        mirror.children(paths.lines(), LINE).forEach((name, line) -> why.put(line.generation(), line.stalled()));
        mirror.read(paths.serving(), SERVING).ifPresent(now -> why.put(now.generation(), now.stalled()));
        why.values().removeIf(String::isEmpty);
        return why;
    }

    /** Living nodes by id. */
    Map<String, NodeSighting> sightings() {
        return watch.sightings();
    }

    /** The living leader, if there is one. */
    Optional<CoordinatorRegistration> leader(boolean selfLeads) {
        return leaders.leader()
                .filter(leader -> selfLeads || !leader.coordinatorId().equals(coordinatorId));
    }

    ClusterView currentView() {
        return view.current();
    }

    private void requireFilled() {
        if (!mirror.filled()) {
            throw new MorphogenException(
                    FailureReason.UNAVAILABLE,
                    "Coordinator " + coordinatorId + " has not reached its ZooKeeper since it started.");
        }
    }
}
