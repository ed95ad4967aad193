package org.morphogen.coordinator.generation;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.morphogen.coordinator.epoch.ChainPlace;
import org.morphogen.coordinator.epoch.EpochBooks;
import org.morphogen.coordinator.epoch.LineStanding;
import org.morphogen.coordinator.epoch.ServedLine;
import org.morphogen.coordinator.epoch.Standstill;
import org.morphogen.coordinator.placement.AssignmentRecord;
import org.morphogen.epoch.Epoch;

/** The books for the followers' threads: each call is a question to the loop. Thread-safe. */
final class LeaderBooks implements EpochBooks {
    private final LeaderLoop loop;
    private final Ledger ledger;
    private final ChainStandings standings;
    private final Runnable advanced;

    /** @param advanced run by the loop when a generation has another window */
    LeaderBooks(LeaderLoop loop, Ledger ledger, ChainStandings standings, Runnable advanced) {
        this.loop = loop;
        this.ledger = ledger;
        this.standings = standings;
        this.advanced = advanced;
    }

    @Override
    public Optional<ServedLine> line(long generation) {
        return loop.ask(() -> ledger.record(generation)
                .filter(_ -> isFollowed(generation))
                .flatMap(record -> ledger.assignment(generation).map(placed -> line(record, placed))));
    }

    private ServedLine line(GenerationRecord record, AssignmentRecord placed) {
        return new ServedLine(
                record.generation(),
                record.snapshotDigest(),
                ledger.window(record.generation()).stream()
                        .map(EpochRecord::toEpoch)
                        .toList(),
                placed,
                record.state() == GenerationState.STAGING);
    }

    @Override
    public void publish(long generation, List<Epoch> window, Set<String> atHead) {
        var _ = loop.ask(() -> {
            if (isFollowed(generation)) {
                standings.tell(generation, new LineStanding(atHead, Standstill.NONE, ChainPlace.ON_CHAIN));
                ledger.advance(generation, window.stream().map(EpochRecord::of).toList());
                advanced.run();
            }
            return true;
        });
    }

    @Override
    public void report(long generation, LineStanding standing) {
        var _ = loop.ask(() -> {
            if (isFollowed(generation)) {
                standings.tell(generation, standing);
                ledger.stall(generation, standing.stalled());
            }
            return true;
        });
    }

    private boolean isFollowed(long generation) {
        return !ledger.window(generation).isEmpty();
    }
}
