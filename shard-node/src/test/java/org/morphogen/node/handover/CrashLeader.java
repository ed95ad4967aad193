package org.morphogen.node.handover;

import java.util.List;
import java.util.Optional;
import org.morphogen.epoch.Epoch;
import org.morphogen.node.epoch.EpochKeeper;
import org.morphogen.node.epoch.EpochSettings;
import org.morphogen.node.epoch.StepWatch;
import org.morphogen.node.fixture.Holder;
import org.morphogen.node.fixture.Line;
import org.morphogen.node.generation.GenerationProgress;
import org.morphogen.node.generation.HeldGeneration;
import org.morphogen.node.generation.Recovery;
import org.morphogen.transport.Endpoint;

/** Brings one node to the head as a leader does, whatever state a crash has left it in. */
final class CrashLeader {
    static final int WINDOW = 6;
    static final int BLOCKS = 40;

    private static final long PAUSE_MILLIS = 5;

    private final Line line;
    private final Endpoint donor;

    CrashLeader(Line line, Endpoint donor) {
        this.line = line;
        this.donor = donor;
    }

    /** Small bounds, so that files roll. */
    static EpochSettings settings(StepWatch watch) {
        return new EpochSettings(WINDOW, 64 << 20, 150 << 10, watch);
    }

    /** Returns once the node has everything. */
    void bringToHead(Holder node) throws InterruptedException {
        while (!isAtHead(node)) {
            Optional<EpochKeeper> keeper = node.generations().find(1).flatMap(HeldGeneration::keeper);
            if (keeper.isPresent()) {
                Epoch found = keeper.get().epochs().head().epoch();
                if (window().contains(found)) {
                    line.catchUp(keeper.get());
                } else {
                    recover(
                            node,
                            Optional.of(new Recovery.Beginning(window().getFirst(), Optional.of(found.digest()))));
                }
                if (node.progress(1).wantsReplica()) {
                    recover(node, Optional.empty());
                }
            } else if (node.progress(1).wantsReplica()) {
                recover(node, Optional.of(new Recovery.Beginning(window().getFirst(), Optional.empty())));
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    private List<Epoch> window() {
        List<Epoch> all = line.chain().epochs();
        return all.subList(all.size() - WINDOW, all.size());
    }

    private void recover(Holder node, Optional<Recovery.Beginning> beginning) {
        node.generations().recover(0, 1, new Recovery(new Donors.Named(line.term(), List.of(donor)), beginning));
    }

    private boolean isAtHead(Holder node) {
        GenerationProgress progress = node.progress(1);
        return progress.complete()
                && progress.window()
                        .filter(span -> span.head().equals(line.chain().head()))
                        .isPresent();
    }
}
