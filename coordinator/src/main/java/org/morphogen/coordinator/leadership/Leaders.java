package org.morphogen.coordinator.leadership;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.morphogen.coordinator.membership.CoordinatorRegistration;
import org.morphogen.coordinator.membership.Membership;
import org.morphogen.coordinator.mirror.PartyMirror;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.zookeeper.ClusterPaths;
import org.morphogen.zookeeper.RecordCodec;

/** Tells who leads, as the mirror knows it. Thread-safe. */
public final class Leaders {
    private static final RecordCodec<TermRecord> CODEC = new RecordCodec<>(TermRecord.class);

    private final PartyMirror mirror;
    private final Membership membership;
    private final ClusterPaths paths;

    /** Reads from {@code mirror}. */
    public Leaders(PartyMirror mirror, Membership membership, ClusterPaths paths) {
        this.mirror = mirror;
        this.membership = membership;
        this.paths = paths;
    }

    /** The newest term known; 0 before the first. */
    public long term() {
        return record().map(TermRecord::term).orElse(0L);
    }

    /** The coordinator of the newest term, if it is alive. */
    public Optional<CoordinatorRegistration> leader() {
        return record().flatMap(newest -> membership.coordinator(newest.coordinatorId()));
    }

    /** What a coordinator that does not lead answers to a change. */
    public MorphogenException notLeader(String selfId) {
        Map<String, String> facts = new HashMap<>();
        Optional<CoordinatorRegistration> other =
                leader().filter(leader -> !leader.coordinatorId().equals(selfId));
        other.ifPresent(leader -> {
            facts.put("leaderId", leader.coordinatorId());
            facts.put("leaderEndpoint", leader.endpoint());
        });
        String who = other.map(leader -> leader.coordinatorId() + " at " + leader.endpoint() + " does")
                .orElse("nobody does at the moment");
        return new MorphogenException(
                FailureReason.NOT_LEADER, "Coordinator " + selfId + " does not lead; " + who + ".", facts);
    }

    private Optional<TermRecord> record() {
        return mirror.read(paths.term(), CODEC);
    }
}
