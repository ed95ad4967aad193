package org.morphogen.coordinator.generation;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.morphogen.coordinator.broadcast.Broadcast;
import org.morphogen.coordinator.placement.AssignmentRecord;
import org.morphogen.coordinator.placement.NodeCapacity;
import org.morphogen.coordinator.placement.Placement;
import org.morphogen.coordinator.placement.SizedChunk;
import org.morphogen.coordinator.transfer.SnapshotLibrary;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.HeldGeneration;
import org.morphogen.protocol.v1.NodeStatus;
import org.morphogen.protocol.v1.PublishProgress;

/**
 * One generation on its way to being served. Everything that must survive is in the {@link Ledger}: a staged record
 * without assignment is verified and placed, one with assignment is loaded, one with epochs catches up with the chain;
 * so the next leader goes on from there.
 * Each {@link #step} does what can be done now and never waits. Confined to the leader's loop, but for its progress.
 */
final class Publication {
    private static final int MAX_READERS = 64;
    private static final long FIRST_ASSIGNMENT = 1;

    private final GenerationRecord record;
    private final Ledger ledger;
    private final SnapshotLibrary library;
    private final Orders orders;
    private final LeaderTimings timings;
    private final int replicas;
    private final boolean followsChain;
    private final CatchUp catchUp;
    private final Broadcast<PublishProgress> progress = new Broadcast<>(MAX_READERS);
    private PublicationPhase phase;
    private @Nullable Verification verification;
    private @Nullable LoadWatch loading;
    private long placingSinceNanos;

    /** Takes up a staged generation wherever it is. */
    Publication(GenerationRecord record, Surroundings around, Ledger ledger, Orders orders, ChainStandings standings) {
        this.record = record;
        this.ledger = ledger;
        this.library = around.library();
        this.orders = orders;
        this.timings = around.timings();
        this.replicas = around.replicas();
        this.followsChain = around.chain().isFollowed();
        this.catchUp = new CatchUp(record.generation(), ledger, standings);
        this.phase = phase(record.generation(), ledger);
        tell(0, 0, "");
    }

    private static PublicationPhase phase(long generation, Ledger ledger) {
        if (ledger.line(generation).isPresent()) {
            return PublicationPhase.CATCHING_UP;
        }
        return ledger.assignment(generation).isPresent() ? PublicationPhase.LOADING : PublicationPhase.VERIFYING;
    }

    GenerationRecord record() {
        return record;
    }

    Broadcast<PublishProgress> progress() {
        return progress;
    }

    /** Whether the generation is served. */
    boolean served() {
        return phase == PublicationPhase.SERVING;
    }

    /** Goes on; a MorphogenException tells why the generation fails. */
    void step(Situation now) {
        switch (phase) {
            case VERIFYING -> verify(now);
            case PLACING -> place(now);
            case LOADING -> load(now);
            case CATCHING_UP -> catchUp(now);
            case SERVING -> {}
        }
    }

    /** Stops work that runs beside the loop and ends the readers' calls. */
    void stop(MorphogenException why) {
        if (verification != null) {
            verification.giveUp();
        }
        progress.end(Optional.of(why));
    }

    private void verify(Situation now) {
        Verification running = verification;
        if (running == null) {
            running = Verification.start(library, record);
            verification = running;
        }
        tell(running.filesChecked(), running.files(), "files checked");
        if (running.done()) {
            running.chunks();
            phase = PublicationPhase.PLACING;
            placingSinceNanos = now.nanos();
            tell(0, 0, "");
        }
    }

    private void place(Situation now) {
        boolean patient =
                now.nanos() - placingSinceNanos < timings.placePatience().toNanos();
        if (verification == null || (patient && (!now.complete() || now.cluttered() || now.unsettled()))) {
            return;
        }
        try {
            ledger.assign(assignment(now, verification.chunks()));
            phase = PublicationPhase.LOADING;
        } catch (MorphogenException lacking) {
            // A node that was started or restarted a moment ago may be what is missing.
            if (!patient || lacking.reason() != FailureReason.CAPACITY_LACKING) {
                throw explained(lacking);
            }
            tell(0, 0, "waiting: " + explained(lacking).getMessage());
        }
    }

    /** What was served before may take the room that is lacking. */
    private MorphogenException explained(MorphogenException lacking) {
        List<GenerationRecord> held = ledger.superseded();
        if (held.isEmpty() || lacking.reason() != FailureReason.CAPACITY_LACKING) {
            return lacking;
        }
        return new MorphogenException(
                lacking.reason(),
                "%1$s Generation %2$d is still held for clients whose other party has not moved on; 'morphogen admin abandon %2$d' frees its room."
                        .formatted(lacking.getMessage(), held.getFirst().generation()),
                lacking.facts(),
                lacking);
    }

    private AssignmentRecord assignment(Situation now, List<SizedChunk> chunks) {
        List<NodeCapacity> nodes = now.sightings().values().stream()
                .filter(now::settled)
                .flatMap(sighting -> sighting.status().stream()
                        .map(status -> capacity(sighting.registration().endpoint(), status)))
                .toList();
        return new AssignmentRecord(record.generation(), FIRST_ASSIGNMENT, Placement.place(nodes, chunks, replicas));
    }

    /** A generation that a node still loads counts whole. */
    private static NodeCapacity capacity(String endpoint, NodeStatus status) {
        long promisedBytes = status.getGenerationsList().stream()
                .mapToLong(HeldGeneration::getBytesWanted)
                .sum();
        long takenBytes = Math.max(promisedBytes, status.getMemoryUsedBytes());
        return NodeCapacity.of(status.getNodeId(), endpoint, status.getMemoryLimitBytes(), takenBytes);
    }

    private void load(Situation now) {
        if (now.wishes().forGeneration(record.generation()).isEmpty()) {
            return;
        }
        LoadWatch.Load load = look(now);
        tell(load.ready(), load.wanted(), note());
        if (load.complete()) {
            if (followsChain && ledger.serving().isPresent()) {
                ledger.catchUp(record);
                phase = PublicationPhase.CATCHING_UP;
            } else {
                // Any state of the matrix is better than none.
                serve();
            }
        }
    }

    /** A node that is away holds it up for a while, and fails it after that, as it does while chunks are loaded. */
    private void catchUp(Situation now) {
        LoadWatch.Load load = look(now);
        tell(load.ready(), load.wanted(), catchUp.stalled().isEmpty() ? note() : stalled());
        if (load.complete() && (!followsChain || catchUp.isDone())) {
            serve();
        }
    }

    /**
     * Serves the generation at the block that it has come to, though it has not caught up. Fails with REQUEST_INVALID
     * while it cannot be served.
     */
    void serveAsItIs() {
        if (phase != PublicationPhase.CATCHING_UP || !catchUp.isWhole()) {
            throw new MorphogenException(
                    FailureReason.REQUEST_INVALID,
                    "Generation %d cannot be served yet (%s): not every shard has a node that can answer."
                            .formatted(record.generation(), phase));
        }
        serve();
    }

    private void serve() {
        ledger.serve(record);
        phase = PublicationPhase.SERVING;
        tell(0, 0, "");
        progress.end(Optional.empty());
    }

    private LoadWatch.Load look(Situation now) {
        LoadWatch watch = loading;
        if (watch == null) {
            watch = new LoadWatch(record.generation(), timings, orders::refusal, now.nanos());
            loading = watch;
        }
        LoadWatch.Load load = watch.look(now);
        if (load.complete()) {
            // What is missing later has the whole time again.
            loading = null;
        }
        return load;
    }

    private String note() {
        return Optional.ofNullable(loading).flatMap(LoadWatch::note).orElse("");
    }

    private String stalled() {
        return catchUp.stalled()
                + " The generation before is served meanwhile. To serve this one as it is: 'morphogen admin"
                + " serve " + record.generation() + "'; to give it up: 'morphogen admin abandon "
                + record.generation() + "'.";
    }

    private void tell(int ready, int wanted, String note) {
        PublishProgress.Builder next = PublishProgress.newBuilder()
                .setGeneration(record.generation())
                .setPhase(phase.name())
                .setChunksReady(ready)
                .setChunksWanted(wanted)
                .setNote(note);
        if (phase == PublicationPhase.CATCHING_UP) {
            next.setBlock(catchUp.block()).setTargetBlock(catchUp.target());
        }
        PublishProgress told = next.build();
        if (progress.newest().filter(told::equals).isEmpty()) {
            progress.publish(told);
        }
    }
}
