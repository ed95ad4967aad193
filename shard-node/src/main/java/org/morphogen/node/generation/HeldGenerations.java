package org.morphogen.node.generation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.chunk.DataDirectory;
import org.morphogen.node.chunk.GenerationFolder;
import org.morphogen.node.epoch.EpochKeeper;
import org.morphogen.node.epoch.KeptEpochs;
import org.morphogen.node.pull.ManifestPull;
import org.morphogen.node.pull.SnapshotSources;
import org.morphogen.snapshot.Manifest;
import org.morphogen.snapshot.ManifestCodec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All generations that this node holds. Thread-safe: changes wait for one another, queries and status never wait.
 */
public final class HeldGenerations implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HeldGenerations.class);
    private static final Duration LONGEST_MANIFEST_PULL = Duration.ofSeconds(4);

    private final int party;
    private final DataDirectory directory;
    private final LoadingSettings settings;
    private final Supplier<Optional<String>> fault;
    private final LeaderTerm term;
    private final Map<Long, HeldGeneration> generations = new ConcurrentSkipListMap<>();
    private final Map<Long, GenerationLoader> loaders = new HashMap<>();
    private boolean closed;

    /**
     * Holds nothing until {@link #restore} or {@link #hold} is called.
     *
     * @param fault why nothing can be scanned any more until the node is started anew, if so; one sentence, for its operator
     */
    public HeldGenerations(
            int party, DataDirectory directory, LoadingSettings settings, Supplier<Optional<String>> fault) {
        this.party = party;
        this.directory = directory;
        this.settings = settings;
        this.fault = fault;
        this.term = LeaderTerm.open(directory.termFile());
    }

    /** Takes up everything that the disk says is to be held. A folder that cannot be read is told of and left alone. */
    public synchronized void restore() {
        for (long generation : directory.generations()) {
            GenerationFolder folder = directory.generation(generation);
            try {
                Optional<HoldWish> wish = HeldRecord.read(folder.wishFile());
                if (wish.isPresent()
                        && wish.get().party() == party
                        && wish.get().generation() == generation) {
                    begin(wish.get());
                } else if (wish.isPresent()) {
                    log.error("{} is of another party or generation; it is left alone.", folder.wishFile());
                } else {
                    folder.remove();
                }
            } catch (MorphogenException damaged) {
                log.error(
                        "Generation {} waits for the leader to say again what to hold. {}",
                        generation,
                        damaged.explain());
            }
        }
    }

    /**
     * Makes {@code wish} durable and begins to load. Fails, changing nothing, with REQUEST_INVALID, STALE_TERM,
     * CAPACITY_LACKING, SNAPSHOT_INVALID or STORAGE_FAILED. Sizes can be checked here only if the manifest is known or
     * a source answers within seconds; otherwise what is wrong shows in {@link #progress} later.
     */
    public void hold(long callersTerm, HoldWish wish) {
        synchronized (this) {
            if (!changes(callersTerm, wish)) {
                return;
            }
        }
        Optional<byte[]> pulled = pullUnknownManifest(wish);
        synchronized (this) {
            if (changes(callersTerm, wish)) {
                knownManifest(wish)
                        .or(() -> pulled.map(ManifestCodec::decode))
                        .ifPresent(manifest -> checkAgainst(manifest, wish));
                GenerationFolder folder = directory.generation(wish.generation());
                pulled.ifPresent(bytes -> ManifestStep.keep(folder, bytes));
                folder.create();
                HeldRecord.write(folder.wishFile(), wish);
                apply(wish);
            }
        }
    }

    /** Frees a generation's memory, once no scan reads it, and its disk. Dropping what is not held does nothing. */
    public synchronized void drop(long callersTerm, int ofParty, long generation) {
        requireOpen();
        requireParty(ofParty);
        term.accept(callersTerm);
        end(generation);
        directory.generation(generation).remove();
    }

    /**
     * Takes the rows that it lacks of a generation from other replicas, in the background. Fails, changing nothing, with
     * REQUEST_INVALID, STALE_TERM, GENERATION_UNKNOWN, or EPOCH_MISMATCH when it shall begin anew and is not where it was
     * found; and with STORAGE_FAILED. Where loading takes its time to stop, another leader may bring the node elsewhere
     * meanwhile: then that counts, and the order is refused.
     */
    public synchronized void recover(int ofParty, long ofGeneration, Recovery recovery) {
        requireOpen();
        requireLeader(recovery.donors().term(), ofParty);
        HeldGeneration held = find(ofGeneration)
                .orElseThrow(() -> new MorphogenException(
                        FailureReason.GENERATION_UNKNOWN, "generation: this node holds nothing of it."));
        recovery.beginning().ifPresent(beginning -> beginning.requireFound(held));
        held.donors().name(recovery.donors());
        recovery.beginning()
                .ifPresent(beginning -> whileNothingLoads(held, () -> {
                    Optional<Epoch> head = held.empty();
                    // From here on nothing is acknowledged, and nobody is told of a head.
                    requireLeader(recovery.donors().term(), ofParty);
                    beginning.requireFoundAt(head);
                    beginAnew(ofGeneration, beginning);
                }));
    }

    private void beginAnew(long generation, Recovery.Beginning beginning) {
        log.warn("Generation {} begins anew at epoch {}: other replicas give its rows", generation, beginning.epoch());
        EpochKeeper.beginAnew(
                directory.generation(generation),
                beginning.epoch(),
                settings.epochs().watch());
    }

    /** Whatever becomes of {@code change}, loading goes on afterwards. */
    private void whileNothingLoads(HeldGeneration held, Runnable change) {
        try {
            Optional.ofNullable(loaders.get(held.wish().generation())).ifPresent(GenerationLoader::close);
            change.run();
        } finally {
            load(held);
        }
    }

    /** Fails with STALE_TERM unless {@code callersTerm} is at least the newest known. */
    public void requireTerm(long callersTerm) {
        term.accept(callersTerm);
    }

    /** Fails with STALE_TERM likewise, or with REQUEST_INVALID for another party's leader. */
    public void requireLeader(long callersTerm, int ofParty) {
        requireParty(ofParty);
        requireTerm(callersTerm);
    }

    /** Why nothing can be scanned any more until the node is started anew; empty while all is well. */
    public Optional<String> fault() {
        return fault.get();
    }

    /** What whoever wants rows is told if there is a fault: NOT_SERVING. The fault itself is the operator's. */
    public Optional<MorphogenException> refusal() {
        return fault().map(why -> new MorphogenException(
                FailureReason.NOT_SERVING,
                "This node's engine has failed, and its operator must start it anew; another replica may answer."));
    }

    /** Fails with NOT_SERVING if there is a fault. */
    public void requireSound() {
        refusal().ifPresent(refusal -> {
            throw refusal;
        });
    }

    /** A generation that is held, perhaps not wholly loaded. */
    public Optional<HeldGeneration> find(long generation) {
        return Optional.ofNullable(generations.get(generation));
    }

    /** Numbers of the generations held, ascending. */
    public List<Long> numbers() {
        return List.copyOf(generations.keySet());
    }

    /** How far each generation is, ascending. */
    public List<GenerationProgress> progress() {
        return generations.values().stream().map(HeldGeneration::progress).toList();
    }

    /** What the epochs of each generation take, by the generation's number; those whose epochs are known. */
    public SortedMap<Long, KeptEpochs> epochs() {
        TreeMap<Long, KeptEpochs> epochs = new TreeMap<>();
        for (long number : numbers()) {
            find(number).flatMap(HeldGeneration::keeper).ifPresent(keeper -> epochs.put(number, keeper.kept()));
        }
        return epochs;
    }

    /** Stops loading and gives the memory back; the disk keeps everything. Later changes fail with UNAVAILABLE. */
    @Override
    public synchronized void close() {
        closed = true;
        for (long generation : numbers()) {
            try {
                end(generation);
            } catch (MorphogenException stuck) {
                log.error("Generation {} did not stop. {}", generation, stuck.explain());
            }
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new MorphogenException(FailureReason.UNAVAILABLE, "This node is stopping.");
        }
    }

    /** Whether {@code wish} is another than the one this node has; throws when it may not be wished. */
    private boolean changes(long callersTerm, HoldWish wish) {
        requireOpen();
        requireParty(wish.party());
        term.accept(callersTerm);
        HeldGeneration held = generations.get(wish.generation());
        if (held != null) {
            checkChange(held.wish(), wish);
        }
        return held == null || !held.wish().equals(wish);
    }

    private void requireParty(int ofParty) {
        if (ofParty != party) {
            throw invalid("party: this node is of party " + party + ", not " + ofParty);
        }
    }

    private static void checkChange(HoldWish old, HoldWish wish) {
        if (!wish.sameMatrix(old)) {
            throw invalid("snapshot_digest or base_epoch: generation " + wish.generation() + " is held with others");
        }
        if (wish.assignmentVersion() < old.assignmentVersion()) {
            throw invalid("assignment_version: " + wish.assignmentVersion() + " is older than "
                    + old.assignmentVersion() + ", which this node has");
        }
        if (wish.assignmentVersion() == old.assignmentVersion() && !wish.sameChunks(old)) {
            throw invalid("chunks: other ones than before under the same assignment_version");
        }
    }

    private Optional<Manifest> knownManifest(HoldWish wish) {
        return find(wish.generation()).flatMap(HeldGeneration::manifest);
    }

    /** The manifest's bytes, if this node does not know it and a source answers soon. Takes seconds: hold no lock. */
    private Optional<byte[]> pullUnknownManifest(HoldWish wish) {
        if (knownManifest(wish).isPresent() || wish.sources().isEmpty()) {
            return Optional.empty();
        }
        Duration forEach = LONGEST_MANIFEST_PULL.dividedBy(wish.sources().size());
        try (SnapshotSources sources =
                SnapshotSources.open(wish.snapshot(), wish.sources(), settings.tls(), settings.executor())) {
            return Optional.of(ManifestPull.pull(sources, forEach));
        } catch (MorphogenException later) {
            log.warn("Generation {} is taken on without knowing its size. {}", wish.generation(), later.explain());
            return Optional.empty();
        }
    }

    private void checkAgainst(Manifest manifest, HoldWish wish) {
        SnapshotChunks.requireListed(manifest, wish.chunks());
        List<Long> wanted = new ArrayList<>(SnapshotChunks.bytesOfEach(manifest, wish.chunks(), settings.memory()));
        for (HeldGeneration other : generations.values()) {
            if (other.wish().generation() != wish.generation()) {
                other.manifest()
                        .ifPresent(known -> wanted.addAll(
                                SnapshotChunks.bytesOfEach(known, other.wish().chunks(), settings.memory())));
            }
        }
        settings.memory().budget().requireRoomFor(wanted);
    }

    private void apply(HoldWish wish) {
        HeldGeneration held = generations.get(wish.generation());
        if (held == null) {
            begin(wish);
        } else {
            whileNothingLoads(held, () -> held.change(wish));
        }
    }

    private void begin(HoldWish wish) {
        HeldGeneration held = new HeldGeneration(wish, settings.memory(), fault);
        generations.put(wish.generation(), held);
        load(held);
    }

    private void load(HeldGeneration held) {
        long generation = held.wish().generation();
        GenerationLoader loader = new GenerationLoader(held, directory.generation(generation), settings);
        loader.startAfter(Optional.ofNullable(loaders.put(generation, loader)));
    }

    private void end(long generation) {
        HeldGeneration held = generations.remove(generation);
        GenerationLoader loader = loaders.remove(generation);
        if (held != null) {
            held.drop();
        }
        if (loader != null) {
            loader.close();
        }
    }

    private static MorphogenException invalid(String what) {
        return new MorphogenException(FailureReason.REQUEST_INVALID, what + ".");
    }
}
