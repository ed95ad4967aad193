package org.morphogen.coordinator.generation;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.morphogen.coordinator.broadcast.Broadcast;
import org.morphogen.coordinator.epoch.ChainFollowers;
import org.morphogen.coordinator.leadership.FencedWriter;
import org.morphogen.coordinator.leadership.LeaderTerm;
import org.morphogen.coordinator.leadership.OfficeLost;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.PublishProgress;
import org.morphogen.snapshot.Manifest;
import org.morphogen.snapshot.SnapshotDirectory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leader's work during one term: one loop, on one thread, that looks at the party several times a second and does
 * what is due: carry on a publication, retire what was superseded, order nodes to hold or drop, renew the view. No
 * step of the loop waits for a node. Ends for good when the term is over.
 */
public final class GenerationControl implements AutoCloseable {
    /** Fact of a failure that ended a publication, so that it is told from one that interrupted a call. */
    public static final String FAILED_GENERATION = "failedGeneration";

    private static final Logger LOG = LoggerFactory.getLogger(GenerationControl.class);

    private final Surroundings around;
    private final LeaderTerm term;
    private final Ledger ledger;
    private final Orders orders;
    private final ViewKeeper views;
    private final Retirement retirement;
    private final LeaderLoop loop;
    private final Optional<ChainFollowers> followers;
    private final ChainStandings standings = new ChainStandings();
    private Optional<Publication> publication = Optional.empty();

    /**
     * Reads the books and begins; fails with UNAVAILABLE or STORAGE_FAILED when they cannot be read.
     *
     * @param onLost told once when the term turns out to be over; must not wait
     */
    public GenerationControl(Surroundings around, LeaderTerm term, Consumer<MorphogenException> onLost) {
        this.around = around;
        this.term = term;
        this.ledger =
                Ledger.open(around.client(), around.paths(), new FencedWriter(around.client(), around.paths(), term));
        this.views = new ViewKeeper(ledger, around.view());
        this.retirement = new Retirement(ledger, around.timings().retiredGrace());
        this.loop = new LeaderLoop(term.number(), onLost);
        this.followers = around.chain().isFollowed() ? Optional.of(openFollowers()) : Optional.empty();
        this.orders =
                new Orders(around.paths().party(), term.number(), around.watch(), around.timings(), loop, loop::lose);
        loop.repeat(this::tick, around.timings().tick());
    }

    private ChainFollowers openFollowers() {
        return new ChainFollowers(
                () -> around.chain().open().orElseThrow(),
                new LeaderBooks(loop, ledger, standings, this::advanced),
                around.watch(),
                around.library(),
                around.paths().party(),
                term.number(),
                around.chain().windowEpochs(),
                around.timings().callDeadline(),
                around.steps());
    }

    private Optional<ChainStandings> standings() {
        return followers.isPresent() ? Optional.of(standings) : Optional.empty();
    }

    /** The term of this work. */
    public LeaderTerm term() {
        return term;
    }

    /**
     * Begins to publish a snapshot, or joins its publication if that is under way. Nothing happens when it is the one
     * served, unless asked to do so again; the progress then says so.
     *
     * @param again also when it is served: as a new generation, placed on the nodes that are there now
     * @param attempt id of the attempt, empty for none; what it began already is joined, or its end told
     * @throws MorphogenException CHANGE_IN_PROGRESS when another one is being published; UNAVAILABLE when what the
     *     attempt began has failed
     */
    public Broadcast<PublishProgress> publish(SnapshotDirectory snapshot, boolean again, String attempt) {
        return loop.ask(() -> startOrJoin(snapshot, again, attempt));
    }

    /**
     * Serves a generation that catches up with the chain as it is, at the block that it has come to. Nothing happens when
     * it is served: the administrator may ask again because the answer was lost.
     *
     * @return its record then
     * @throws MorphogenException REQUEST_INVALID when it does not catch up, or cannot be served yet
     */
    public GenerationRecord serve(long generation) {
        return loop.ask(() -> {
            Optional<GenerationRecord> served = ledger.served().filter(record -> record.generation() == generation);
            return served.isPresent() ? served.get() : serveAsItIs(generation);
        });
    }

    private GenerationRecord serveAsItIs(long generation) {
        GenerationRecord staging = ledger.staging()
                .filter(record -> record.generation() == generation)
                .orElseThrow(() -> notThatOne(generation, "is not being published"));
        LOG.info("Generation {} is served before it has caught up, as an administrator wants", generation);
        takeUp(staging).serveAsItIs();
        publication = Optional.empty();
        advanced();
        return ledger.record(generation).orElseThrow();
    }

    /**
     * Gives up a generation that is being published, or one that was served before and is still held. Nothing happens
     * when it is over: the administrator may ask again because the answer was lost.
     *
     * @return its record then
     * @throws MorphogenException REQUEST_INVALID when it is served, or not known
     */
    public GenerationRecord abandon(long generation) {
        return loop.ask(() -> {
            GenerationRecord record =
                    ledger.record(generation).orElseThrow(() -> notThatOne(generation, "is not known"));
            switch (record.state()) {
                case STAGING ->
                    fail(
                            takeUp(record),
                            new MorphogenException(
                                    FailureReason.UNAVAILABLE, "An administrator gave the generation up."));
                case SERVING -> {
                    if (!ledger.superseded().contains(record)) {
                        throw notThatOne(generation, "is the one that is served; publish another one first");
                    }
                    retirement.retire(record);
                }
                case RETIRED, FAILED -> LOG.debug("Generation {} is over already", generation);
            }
            return ledger.record(generation).orElseThrow();
        });
    }

    private static MorphogenException notThatOne(long generation, String why) {
        return new MorphogenException(FailureReason.REQUEST_INVALID, "generation: " + generation + " " + why + ".");
    }

    @Override
    public void close() {
        followers.ifPresent(ChainFollowers::close);
        loop.close();
        publication.ifPresent(running -> running.stop(new MorphogenException(
                FailureReason.UNAVAILABLE,
                "This coordinator leads no more; the next leader goes on with generation "
                        + running.record().generation() + ".")));
    }

    private Broadcast<PublishProgress> startOrJoin(SnapshotDirectory snapshot, boolean again, String attempt) {
        Optional<GenerationRecord> begun = ledger.begunBy(attempt);
        if (begun.isPresent()) {
            return rejoin(begun.get());
        }
        Optional<GenerationRecord> staging = ledger.staging();
        if (staging.isPresent()) {
            if (staging.get().snapshotDigest().equals(snapshot.digest())) {
                return takeUp(staging.get()).progress();
            }
            throw new MorphogenException(
                    FailureReason.CHANGE_IN_PROGRESS,
                    "Generation %1$d of snapshot %2$s is being published; wait, or give it up with 'morphogen admin abandon %1$d'."
                            .formatted(staging.get().generation(), staging.get().snapshot()),
                    Map.of("generation", Long.toString(staging.get().generation())));
        }
        Optional<GenerationRecord> served = ledger.served();
        if (!again && served.isPresent() && served.get().snapshotDigest().equals(snapshot.digest())) {
            return ended(served.get(), "served already; nothing to do");
        }
        Manifest manifest = snapshot.manifest();
        GenerationRecord record = ledger.stage(
                nameOf(snapshot), snapshot.digest(), EpochRecord.base(snapshot.digest(), manifest.block()), attempt);
        LOG.info("Publishing snapshot {} as generation {}", record.snapshot(), record.generation());
        return takeUp(record).progress();
    }

    /** The administrator asks again because a call was lost: the generation may have gone on meanwhile. */
    private Broadcast<PublishProgress> rejoin(GenerationRecord begun) {
        return switch (begun.state()) {
            case STAGING -> takeUp(begun).progress();
            case SERVING, RETIRED -> ended(begun, "");
            case FAILED ->
                throw new MorphogenException(
                        FailureReason.UNAVAILABLE,
                        "Generation %d failed: %s".formatted(begun.generation(), begun.problem()),
                        Map.of(FAILED_GENERATION, Long.toString(begun.generation())));
        };
    }

    private static String nameOf(SnapshotDirectory snapshot) {
        return String.valueOf(snapshot.folder().getFileName());
    }

    private static Broadcast<PublishProgress> ended(GenerationRecord served, String note) {
        Broadcast<PublishProgress> told = new Broadcast<>(1);
        told.publish(PublishProgress.newBuilder()
                .setGeneration(served.generation())
                .setPhase(PublicationPhase.SERVING.name())
                .setNote(note)
                .build());
        told.end(Optional.empty());
        return told;
    }

    private void tick() {
        if (loop.isOver() || !around.membership().known()) {
            return;
        }
        try {
            ledger.staging().ifPresent(this::carryOn);
            retirement.step(System.nanoTime());
            follow();
            Situation now = look();
            orders.send(now, around.sources());
            views.update(now, standings());
        } catch (OfficeLost lost) {
            loop.lose(lost.failure());
        } catch (RuntimeException defect) {
            LOG.error("A round of the leader's loop failed; the next follows", defect);
        } catch (Error fatal) {
            // The loop ends with it; a leader without a loop must not keep the place.
            LOG.error("The leader's loop broke", fatal);
            loop.lose(new MorphogenException(FailureReason.INTERNAL, "The leader's loop broke: " + fatal + "."));
            throw fatal;
        }
    }

    private void follow() {
        standings.keepOnly(ledger.followed());
        followers.ifPresent(all -> all.follow(ledger.followed()));
    }

    /** Some generation has another window. */
    private void advanced() {
        ledger.staging()
                .filter(staging -> ledger.line(staging.generation()).isPresent())
                .ifPresent(this::carryOn);
        views.update(look(), standings());
    }

    private void carryOn(GenerationRecord staging) {
        Publication running = takeUp(staging);
        try {
            running.step(look());
            if (running.served()) {
                LOG.info("Generation {} is served", staging.generation());
                publication = Optional.empty();
            }
        } catch (OfficeLost lost) {
            throw lost;
        } catch (MorphogenException problem) {
            fail(running, problem);
        } catch (RuntimeException defect) {
            LOG.error("Publishing generation {} met a defect", staging.generation(), defect);
            fail(running, new MorphogenException(FailureReason.INTERNAL, "Publishing met a defect: " + defect + "."));
        }
    }

    private void fail(Publication running, MorphogenException problem) {
        LOG.warn("Generation {} failed. {}", running.record().generation(), problem.explain());
        ledger.fail(running.record(), problem.explain());
        Map<String, String> facts = new HashMap<>(problem.facts());
        facts.put(FAILED_GENERATION, Long.toString(running.record().generation()));
        running.stop(new MorphogenException(problem.reason(), String.valueOf(problem.getMessage()), facts, problem));
        publication = Optional.empty();
    }

    private Publication takeUp(GenerationRecord staging) {
        Publication running = publication.orElseGet(() -> new Publication(staging, around, ledger, orders, standings));
        publication = Optional.of(running);
        return running;
    }

    private Situation look() {
        return new Situation(System.nanoTime(), around.watch().sightings(), Wishes.of(ledger));
    }
}
