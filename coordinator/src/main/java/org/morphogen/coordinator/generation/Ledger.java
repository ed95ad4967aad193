package org.morphogen.coordinator.generation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.curator.framework.CuratorFramework;
import org.morphogen.coordinator.leadership.FencedWriter;
import org.morphogen.coordinator.leadership.OfficeLost;
import org.morphogen.coordinator.leadership.Write;
import org.morphogen.coordinator.placement.AssignmentRecord;
import org.morphogen.protocol.v1.ClusterView;
import org.morphogen.snapshot.SnapshotDigest;
import org.morphogen.zookeeper.ClusterPaths;

/**
 * The leader's books: all generations, their assignments, what is served, and the view. Read once when a term begins;
 * from then on nobody else can write, so memory and ZooKeeper agree. Each change is one fenced transaction, in
 * ZooKeeper first; {@link OfficeLost} means that this ledger must not be used any more. Not thread-safe.
 */
final class Ledger {
    /** Finished generations that are remembered. */
    static final int FINISHED_KEPT = 64;

    private static final int PROBLEM_CHARS_KEPT = 2000;

    private final ClusterPaths paths;
    private final FencedWriter writer;
    private final NavigableMap<Long, GenerationRecord> generations;
    private final NavigableMap<Long, AssignmentRecord> assignments;
    private final NavigableMap<Long, LineRecord> lines;
    private Optional<ServingRecord> serving;
    private ClusterView view;

    private Ledger(ClusterPaths paths, FencedWriter writer, LedgerReader reader) {
        this.paths = paths;
        this.writer = writer;
        this.generations = reader.generations();
        this.assignments = reader.assignments();
        this.lines = reader.lines();
        this.serving = reader.serving();
        this.view = reader.view();
    }

    /** Reads the books; fails with UNAVAILABLE or STORAGE_FAILED. */
    static Ledger open(CuratorFramework client, ClusterPaths paths, FencedWriter writer) {
        return new Ledger(paths, writer, new LedgerReader(client, paths));
    }

    /** The generation that is being published. */
    Optional<GenerationRecord> staging() {
        return inState(GenerationState.STAGING).findFirst();
    }

    /** A generation, if it is remembered. */
    Optional<GenerationRecord> record(long generation) {
        return Optional.ofNullable(generations.get(generation));
    }

    /** The generation that an attempt began. */
    Optional<GenerationRecord> begunBy(String attempt) {
        return generations.values().stream()
                .filter(record -> !attempt.isEmpty() && record.attempt().equals(attempt))
                .findFirst();
    }

    /** The generation in the view. */
    Optional<GenerationRecord> served() {
        return serving.map(record -> generations.get(record.generation()));
    }

    Optional<ServingRecord> serving() {
        return serving;
    }

    /** Generations that were served before the one in the view and are still held. */
    List<GenerationRecord> superseded() {
        long current = serving.map(ServingRecord::generation).orElse(0L);
        return inState(GenerationState.SERVING)
                .filter(record -> record.generation() != current)
                .toList();
    }

    /** Generations that nodes shall hold: those staged or served that have been placed. */
    List<GenerationRecord> wanted() {
        return generations.values().stream()
                .filter(record -> !record.state().isFinal() && assignments.containsKey(record.generation()))
                .toList();
    }

    /** Generations that follow the chain: those with a window. */
    List<Long> followed() {
        return wanted().stream()
                .map(GenerationRecord::generation)
                .filter(generation -> !window(generation).isEmpty())
                .toList();
    }

    /** The epochs of a generation that can be asked for, oldest first; none before it follows the chain. */
    List<EpochRecord> window(long generation) {
        return serving.filter(now -> now.generation() == generation)
                .map(ServingRecord::window)
                .or(() -> line(generation).map(LineRecord::window))
                .orElse(List.of());
    }

    /** The epochs of a generation that is not in the view. */
    Optional<LineRecord> line(long generation) {
        return Optional.ofNullable(lines.get(generation));
    }

    Optional<AssignmentRecord> assignment(long generation) {
        return Optional.ofNullable(assignments.get(generation));
    }

    ClusterView view() {
        return view;
    }

    /** Begins a generation and forgets the oldest finished ones beyond {@link #FINISHED_KEPT}. */
    GenerationRecord stage(String snapshot, SnapshotDigest digest, EpochRecord base, String attempt) {
        long next = generations.isEmpty() ? 1 : generations.lastKey() + 1;
        GenerationRecord record =
                new GenerationRecord(next, GenerationState.STAGING, snapshot, digest.hex(), base, attempt, "");
        List<Write> writes = new ArrayList<>();
        writes.add(Write.create(paths.generation(next), LedgerReader.GENERATION.encode(record)));
        List<Long> forgotten = forgettable();
        forgotten.forEach(old -> writes.add(new Write.Delete(paths.generation(old))));
        writer.commit(writes);
        generations.put(next, record);
        forgotten.forEach(generations::remove);
        return record;
    }

    /** Places a staged generation. */
    void assign(AssignmentRecord assignment) {
        long generation = assignment.generation();
        writer.commit(List.of(Write.create(paths.assignment(generation), LedgerReader.ASSIGNMENT.encode(assignment))));
        assignments.put(generation, assignment);
    }

    /** Makes a staged generation follow the chain from its snapshot's block on. */
    void catchUp(GenerationRecord staged) {
        putLine(new LineRecord(staged.generation(), List.of(staged.base()), ""));
    }

    /** Serves a staged generation from now on, at the epoch that it has come to; the one before goes on without it. */
    void serve(GenerationRecord staged) {
        GenerationRecord record = staged.become(GenerationState.SERVING, "");
        long generation = record.generation();
        List<EpochRecord> reached = window(generation);
        ServingRecord now = new ServingRecord(
                generation, reached.isEmpty() ? List.of(record.base()) : reached, stalled(generation));
        Optional<LineRecord> before = serving.map(old -> new LineRecord(old.generation(), old.window(), old.stalled()));
        List<Write> writes = new ArrayList<>();
        writes.add(update(record));
        writes.add(Write.put(serving.isPresent(), paths.serving(), LedgerReader.SERVING.encode(now)));
        before.ifPresent(line -> writes.add(Write.put(
                lines.containsKey(line.generation()), paths.line(line.generation()), LedgerReader.LINE.encode(line))));
        if (!reached.isEmpty()) {
            writes.add(new Write.Delete(paths.line(generation)));
        }
        writer.commit(writes);
        generations.put(generation, record);
        serving = Optional.of(now);
        before.ifPresent(line -> lines.put(line.generation(), line));
        lines.remove(generation);
    }

    /**
     * Gives a generation that follows the chain another window of epochs, so it does not stand still; nothing to one that
     * does not follow any more.
     */
    void advance(long generation, List<EpochRecord> window) {
        line(generation).ifPresent(line -> putLine(new LineRecord(generation, window, "")));
        serving.filter(now -> now.generation() == generation)
                .ifPresent(now -> putServing(new ServingRecord(generation, window, "")));
    }

    /** Tells why a generation stands still, in full; empty when it does not. */
    void stall(long generation, String why) {
        line(generation)
                .map(line -> new LineRecord(generation, line.window(), why))
                .filter(line -> !line.equals(lines.get(generation)))
                .ifPresent(this::putLine);
        serving.filter(now -> now.generation() == generation)
                .map(now -> new ServingRecord(generation, now.window(), why))
                .filter(now -> !Optional.of(now).equals(serving))
                .ifPresent(this::putServing);
    }

    private String stalled(long generation) {
        return line(generation).map(LineRecord::stalled).orElse("");
    }

    private void putServing(ServingRecord now) {
        writer.commit(List.of(Write.update(paths.serving(), LedgerReader.SERVING.encode(now))));
        serving = Optional.of(now);
    }

    private void putLine(LineRecord line) {
        long generation = line.generation();
        byte[] bytes = LedgerReader.LINE.encode(line);
        writer.commit(List.of(Write.put(lines.containsKey(generation), paths.line(generation), bytes)));
        lines.put(generation, line);
    }

    /** Gives a staged generation up. */
    void fail(GenerationRecord staged, String problem) {
        String kept = problem.length() > PROBLEM_CHARS_KEPT ? problem.substring(0, PROBLEM_CHARS_KEPT) : problem;
        finish(staged.become(GenerationState.FAILED, kept));
    }

    /** Ends a superseded generation. */
    void retire(GenerationRecord superseded) {
        finish(superseded.become(GenerationState.RETIRED, ""));
    }

    /** Stores a view, which must have a newer version. */
    void putView(ClusterView newer) {
        byte[] bytes = newer.toByteArray();
        writer.commit(List.of(Write.put(view.getVersion() > 0, paths.view(), bytes)));
        view = newer;
    }

    private void finish(GenerationRecord record) {
        List<Write> writes = new ArrayList<>(List.of(update(record)));
        if (assignments.containsKey(record.generation())) {
            writes.add(new Write.Delete(paths.assignment(record.generation())));
        }
        if (lines.containsKey(record.generation())) {
            writes.add(new Write.Delete(paths.line(record.generation())));
        }
        writer.commit(writes);
        generations.put(record.generation(), record);
        assignments.remove(record.generation());
        lines.remove(record.generation());
    }

    private Write update(GenerationRecord record) {
        return Write.update(paths.generation(record.generation()), LedgerReader.GENERATION.encode(record));
    }

    private List<Long> forgettable() {
        List<Long> finished = generations.values().stream()
                .filter(record -> record.state().isFinal())
                .map(GenerationRecord::generation)
                .sorted(Comparator.naturalOrder())
                .toList();
        return finished.subList(0, Math.max(0, finished.size() - FINISHED_KEPT));
    }

    private Stream<GenerationRecord> inState(GenerationState state) {
        return generations.values().stream().filter(record -> record.state() == state);
    }
}
