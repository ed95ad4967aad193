package org.morphogen.coordinator.generation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.morphogen.coordinator.broadcast.Broadcast;
import org.morphogen.coordinator.epoch.ChainFollower;
import org.morphogen.coordinator.epoch.EpochBooks;
import org.morphogen.coordinator.epoch.ServedLine;
import org.morphogen.coordinator.leadership.FencedWriter;
import org.morphogen.coordinator.leadership.LeaderTerm;
import org.morphogen.coordinator.leadership.OfficeLost;
import org.morphogen.epoch.Epoch;
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
    private static final long ANSWER_WITHIN_SECONDS = 10;

    private final Surroundings around;
    private final LeaderTerm term;
    private final Consumer<MorphogenException> onLost;
    private final Ledger ledger;
    private final Orders orders;
    private final ViewKeeper views;
    private final Retirement retirement;
    private final ScheduledExecutorService loop;
    private final Optional<ChainFollower> follower;
    private final ChainStanding standing = new ChainStanding();
    private Optional<Publication> publication = Optional.empty();
    private volatile boolean over;

    /**
     * Reads the books and begins; fails with UNAVAILABLE or STORAGE_FAILED when they cannot be read.
     *
     * @param onLost told once when the term turns out to be over; must not wait
     */
    public GenerationControl(Surroundings around, LeaderTerm term, Consumer<MorphogenException> onLost) {
        this.around = around;
        this.term = term;
        this.onLost = onLost;
        this.ledger =
                Ledger.open(around.client(), around.paths(), new FencedWriter(around.client(), around.paths(), term));
        this.views = new ViewKeeper(ledger, around.view());
        this.retirement = new Retirement(ledger, around.timings().retiredGrace());
        this.loop = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform()
                .daemon()
                .name("leader-term-" + term.number())
                .factory());
        this.follower = around.chain()
                .open()
                .map(feed -> new ChainFollower(
                        feed,
                        new Books(),
                        around.watch(),
                        around.library(),
                        around.paths().party(),
                        term.number(),
                        around.chain().windowEpochs(),
                        around.timings().callDeadline()));
        this.orders = new Orders(
                around.paths().party(), term.number(), around.watch(), around.timings(), this::enqueue, this::lose);
        var _ = loop.scheduleWithFixedDelay(
                this::tick, 0, around.timings().tick().toMillis(), TimeUnit.MILLISECONDS);
        follower.ifPresent(ChainFollower::start);
    }

    private Optional<ChainStanding> standing() {
        return follower.isPresent() ? Optional.of(standing) : Optional.empty();
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
        return ask(() -> startOrJoin(snapshot, again, attempt));
    }

    @Override
    public void close() {
        over = true;
        follower.ifPresent(ChainFollower::close);
        loop.shutdownNow();
        try {
            if (!loop.awaitTermination(ANSWER_WITHIN_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("The loop of term {} is slow to end; its writes are fenced off", term.number());
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
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
                    "Generation %d of snapshot %s is being published."
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
        if (over || !around.membership().known()) {
            return;
        }
        try {
            ledger.staging().ifPresent(this::carryOn);
            retirement.step(System.nanoTime());
            Situation now = look();
            orders.send(now, around.sources());
            views.update(now, standing());
        } catch (OfficeLost lost) {
            lose(lost.failure());
        } catch (RuntimeException defect) {
            LOG.error("A round of the leader's loop failed; the next follows", defect);
        } catch (Error fatal) {
            // The loop ends with it; a leader without a loop must not keep the place.
            LOG.error("The leader's loop broke", fatal);
            lose(new MorphogenException(FailureReason.INTERNAL, "The leader's loop broke: " + fatal + "."));
            throw fatal;
        }
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
        Publication running = publication.orElseGet(
                () -> new Publication(staging, ledger, around.library(), orders, around.timings(), around.replicas()));
        publication = Optional.of(running);
        return running;
    }

    private Situation look() {
        return new Situation(System.nanoTime(), around.watch().sightings(), Wishes.of(ledger));
    }

    private void lose(MorphogenException why) {
        if (!over) {
            over = true;
            onLost.accept(why);
        }
    }

    private void enqueue(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException closing) {
            LOG.debug("An answer came after the end of term {}", term.number());
        }
    }

    private <T> T ask(Callable<T> question) {
        if (over) {
            throw ended(null);
        }
        Future<T> answer = submit(question);
        try {
            return answer.get(ANSWER_WITHIN_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof OfficeLost lost) {
                lose(lost.failure());
                throw ended(lost);
            }
            if (failed.getCause() instanceof MorphogenException known) {
                throw known;
            }
            throw new IllegalStateException("the leader's loop is broken", failed);
        } catch (TimeoutException busy) {
            answer.cancel(false);
            throw ended(busy);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw ended(stopped);
        }
    }

    private <T> Future<T> submit(Callable<T> question) {
        try {
            return loop.submit(question);
        } catch (RejectedExecutionException closing) {
            throw ended(closing);
        }
    }

    /** The books for the follower's thread: each call is a question to the loop. */
    private final class Books implements EpochBooks {
        @Override
        public Optional<ServedLine> served() {
            return ask(() -> ledger.serving()
                    .flatMap(serving -> ledger.assignment(serving.generation())
                            .map(assignment -> new ServedLine(
                                    serving.generation(),
                                    ledger.served().orElseThrow().snapshotDigest(),
                                    serving.window().stream()
                                            .map(EpochRecord::toEpoch)
                                            .toList(),
                                    assignment))));
        }

        @Override
        public void publish(long generation, List<Epoch> window, Set<String> atHead) {
            var _ = ask(() -> {
                if (isServed(generation)) {
                    standing.tell(generation, atHead, standing.stalled(generation));
                    ledger.advance(window.stream().map(EpochRecord::of).toList());
                    views.update(look(), standing());
                }
                return true;
            });
        }

        @Override
        public void report(long generation, Set<String> atHead, String stalled) {
            var _ = ask(() -> {
                if (isServed(generation)) {
                    standing.tell(generation, atHead, stalled);
                }
                return true;
            });
        }

        private boolean isServed(long generation) {
            return ledger.serving()
                    .filter(now -> now.generation() == generation)
                    .isPresent();
        }
    }

    private static MorphogenException ended(@Nullable Throwable cause) {
        return new MorphogenException(
                FailureReason.UNAVAILABLE, "The leader is just stepping down or waits for ZooKeeper.", Map.of(), cause);
    }
}
