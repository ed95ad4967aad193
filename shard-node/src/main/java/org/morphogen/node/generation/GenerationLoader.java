package org.morphogen.node.generation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.chunk.GenerationFolder;
import org.morphogen.node.epoch.EpochKeeper;
import org.morphogen.node.handover.DictionaryTaker;
import org.morphogen.node.handover.Donors;
import org.morphogen.node.pull.SnapshotSources;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.Manifest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one wish true in the background: the manifest, the delta log, then the chunks, a few at a time: those on disk,
 * those that can be pulled and those that only another replica has, side by side. What fails is tried again, ever more
 * slowly, until it succeeds or the loader is closed; meanwhile the generation tells the problem.
 */
final class GenerationLoader implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(GenerationLoader.class);
    private static final int CHUNKS_AT_ONCE = 4;
    /** After so many failures in a row donors of dictionaries are taken to be of no use. */
    private static final int DICTIONARY_TRIES = 3;

    private static final Set<FailureReason> OUTDATED = Set.of(
            FailureReason.EPOCH_OUTSIDE_WINDOW,
            FailureReason.EPOCH_REPLACED,
            FailureReason.STALE_TERM,
            FailureReason.GENERATION_UNKNOWN);

    private static final String LEFTOVERS = "chunks that are not wanted any more";
    private static final long CLOSE_TIMEOUT_SECONDS = 8;

    /** What a donor answers now and then while all is well. */
    private static final Set<FailureReason> PASSING = Set.of(FailureReason.BUSY, FailureReason.EPOCH_OUTSIDE_WINDOW);

    private final HeldGeneration held;
    private final GenerationFolder folder;
    private final LoadingSettings settings;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private int dictionaryFailures;
    private volatile boolean closed;

    GenerationLoader(HeldGeneration held, GenerationFolder folder, LoadingSettings settings) {
        this.held = held;
        this.folder = folder;
        this.settings = settings;
    }

    /**
     * Begins once another, which is closed, has wholly stopped: never do two change one folder. Returns at once. Call it
     * once.
     */
    void startAfter(Optional<GenerationLoader> before) {
        threads.execute(() -> {
            before.ifPresent(other -> awaitWhatever(other.threads));
            if (!closed) {
                run();
            }
        });
    }

    private void run() {
        HoldWish wish = held.wish();
        boolean tidy = removeLeftovers();
        try (SnapshotSources sources =
                SnapshotSources.open(wish.snapshot(), wish.sources(), settings.tls(), settings.executor())) {
            ManifestStep manifest = new ManifestStep(wish, folder, sources);
            retrying("manifest", () -> 0, () -> held.manifestKnown(manifest.run()));
            retrying("delta log", () -> 0, this::openEpochs);
            if (!closed) {
                held.manifest().ifPresent(known -> loadChunks(known, sources));
            }
        }
        if (!tidy) {
            // Not while chunks come, whose unfinished files look like what a crash left.
            retrying(LEFTOVERS, () -> 0, () -> folder.keepOnly(held.wish().chunks(), held.loaded()));
        }
    }

    private void openEpochs() {
        if (held.keeper().isEmpty()) {
            Manifest manifest = held.manifest().orElseThrow();
            try {
                EpochKeeper.lacksDictionaries(manifest, folder, settings.epochs())
                        .ifPresent(at -> takeDictionaries(manifest, at));
                held.epochsKnown(
                        EpochKeeper.open(held.wish().baseEpoch(), manifest, folder, settings.epochs(), this::trouble));
            } catch (MorphogenException failed) {
                if (EpochKeeper.isDamage(failed)) {
                    held.logIsDamaged();
                }
                throw failed;
            }
        }
    }

    /**
     * Where it fails for good, or again and again, the leader must say once more where to begin, and whom to ask: this
     * node has nothing yet that it could lose.
     */
    private void takeDictionaries(Manifest manifest, Epoch at) {
        try {
            EpochKeeper.keepDictionaries(
                    folder,
                    at,
                    new DictionaryTaker(held.wish().generation(), held.donors(), settings.tls(), settings.executor())
                            .take(manifest, at));
        } catch (RuntimeException | Error failed) {
            dictionaryFailures++;
            if (dictionaryFailures >= DICTIONARY_TRIES || isOutdated(failed) || namesNobody()) {
                held.logIsDamaged();
            }
            throw failed;
        }
    }

    /** Whether the order that named the donors is of no use any more. */
    private static boolean isOutdated(Throwable failed) {
        return failed instanceof MorphogenException told && OUTDATED.contains(told.reason());
    }

    private boolean namesNobody() {
        return held.donors().named().endpoints().isEmpty();
    }

    private void trouble(String what, String problem) {
        if (problem.isEmpty()) {
            held.solved(what);
        } else {
            held.report(what, problem);
        }
    }

    /** What stays for now keeps nothing from being loaded. */
    private boolean removeLeftovers() {
        try {
            folder.keepOnly(held.wish().chunks(), held.loaded());
            return true;
        } catch (RuntimeException stuck) {
            report(LEFTOVERS, stuck);
            return false;
        }
    }

    private void loadChunks(Manifest manifest, SnapshotSources sources) {
        ChunkStep step = new ChunkStep(held, manifest, held.keeper().orElseThrow(), folder, sources, settings);
        Queue<ChunkId> pulled = new ConcurrentLinkedQueue<>(held.missing());
        pulled.removeIf(chunk -> !step.mustPull(chunk));
        Queue<ChunkId> others = new ConcurrentLinkedQueue<>(held.missing());
        others.removeAll(pulled);
        Semaphore takers = new Semaphore(CHUNKS_AT_ONCE);
        try (ExecutorService taking = Executors.newVirtualThreadPerTaskExecutor();
                ExecutorService loading = Executors.newVirtualThreadPerTaskExecutor()) {
            Consumer<ChunkId> load = chunk -> {
                if (!step.load(chunk)) {
                    taking.execute(() -> take(step, chunk, takers));
                }
            };
            for (int i = 0; i < CHUNKS_AT_ONCE; i++) {
                loading.execute(() -> drain(others, load));
                loading.execute(() -> drain(pulled, load));
            }
            loading.shutdown();
            awaitOrInterrupt(loading);
            taking.shutdown();
            awaitOrInterrupt(taking);
        }
        if (!closed) {
            log.info(
                    "Generation {}: {} chunks loaded",
                    held.wish().generation(),
                    held.wish().chunks().size());
        }
    }

    private void take(ChunkStep step, ChunkId chunk, Semaphore takers) {
        try {
            takers.acquire();
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            return;
        }
        try {
            untilDone(chunk, step::take);
        } finally {
            takers.release();
        }
    }

    private void drain(Queue<ChunkId> chunks, Consumer<ChunkId> step) {
        for (ChunkId chunk = chunks.poll(); chunk != null && !closed; chunk = chunks.poll()) {
            untilDone(chunk, step);
        }
    }

    private void untilDone(ChunkId chunk, Consumer<ChunkId> step) {
        retrying("chunk " + chunk, () -> length(folder.partFile(chunk)), () -> step.accept(chunk));
    }

    /**
     * Repeats {@code step} until it succeeds, whatever it fails with: too little heap now need not be too little later.
     * Progress, i.e. a change in bytes pulled, makes the waits short again, and other donors end them.
     */
    private void retrying(String what, Progress progress, Runnable step) {
        int failures = 0;
        while (!closed) {
            long before = progress.bytes();
            Donors.Named asked = held.donors().named();
            try {
                step.run();
                held.solved(what);
                return;
            } catch (RuntimeException | Error failed) {
                failures = progress.bytes() > before ? 1 : failures + 1;
                report(what, failed);
                pause(failures, asked);
            }
        }
    }

    private void report(String what, Throwable failed) {
        if (closed) {
            return;
        }
        if (failed instanceof MorphogenException told && PASSING.contains(told.reason())) {
            log.debug("Generation {}, {}: {}", held.wish().generation(), what, told.explain());
        } else if (failed instanceof MorphogenException told) {
            held.report(what, what + ": " + told.explain());
            log.warn("Generation {}, {}: {}", held.wish().generation(), what, told.explain());
        } else {
            held.report(what, what + ": " + failed + ". " + FailureReason.INTERNAL.advice());
            log.error("Generation {}, {}", held.wish().generation(), what, failed);
        }
    }

    private void pause(int failures, Donors.Named asked) {
        try {
            held.donors().awaitOthers(asked, settings.backoff().after(failures));
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private static void awaitOrInterrupt(ExecutorService workers) {
        try {
            boolean ended = false;
            while (!ended) {
                ended = workers.awaitTermination(1, TimeUnit.HOURS);
            }
        } catch (InterruptedException closing) {
            workers.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    /** Goes on waiting when it is interrupted, so that whoever waits for this one waits for that one too. */
    private static void awaitWhatever(ExecutorService others) {
        boolean ended = false;
        boolean interrupted = false;
        while (!ended) {
            try {
                ended = others.awaitTermination(1, TimeUnit.HOURS);
            } catch (InterruptedException closing) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static long length(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException vanished) {
            return 0;
        }
    }

    /** Stops and returns when nothing runs any more, so that the folder can be changed. */
    @Override
    public void close() {
        closed = true;
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                throw new MorphogenException(
                        FailureReason.STORAGE_FAILED,
                        "Generation " + held.wish().generation() + " is still being loaded: the disk does not answer.");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @FunctionalInterface
    private interface Progress {
        long bytes();
    }
}
