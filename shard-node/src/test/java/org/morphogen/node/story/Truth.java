package org.morphogen.node.story;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.node.fixture.Chain;
import org.morphogen.node.fixture.MadeSnapshot;
import org.morphogen.snapshot.ChunkId;

/**
 * A plain model that forgets nothing: the rows of every epoch that ever was, and whether the node must answer an epoch,
 * must refuse it, or may do either because it is being told of it just now.
 */
final class Truth {
    private static final Set<FailureReason> REASONS =
            Set.of(FailureReason.EPOCH_OUTSIDE_WINDOW, FailureReason.EPOCH_REPLACED);

    private final int windowEpochs;
    private final MadeSnapshot snapshot;
    private final Chain chain;
    private final Map<Epoch, Map<ChunkId, byte[]>> rows = new HashMap<>();
    private final Map<Epoch, Claim> claims = new HashMap<>();
    private final List<Epoch> ever = new ArrayList<>();
    /** Where the node may stand when it comes back. */
    private Set<Epoch> possibleHeads;

    private long oldest;
    private long events;

    /** What the node does when it is asked. */
    enum Answer {
        GIVEN,
        REFUSED,
        EITHER
    }

    /** What it does since when. */
    record Claim(Answer answer, long since) {}

    Truth(MadeSnapshot snapshot, int windowEpochs, SplittableRandom random) {
        this.windowEpochs = windowEpochs;
        this.snapshot = snapshot;
        this.chain = new Chain(snapshot, random);
        this.oldest = snapshot.base().number();
        this.possibleHeads = Set.of(snapshot.base());
        remember();
        claim(snapshot.base(), Answer.GIVEN);
    }

    MadeSnapshot snapshot() {
        return snapshot;
    }

    Epoch head() {
        return chain.head();
    }

    /** The epochs that can be asked for, oldest first. */
    List<Epoch> window() {
        return chain.epochs().stream().filter(epoch -> epoch.number() >= oldest).toList();
    }

    /** Epochs that no window comes back to. */
    List<Epoch> forgotten() {
        return ever.stream().filter(epoch -> epoch.number() < oldest).toList();
    }

    /** Any epoch that ever was, most likely one of the window. */
    Epoch some(SplittableRandom random) {
        List<Epoch> window = window();
        return switch (random.nextInt(5)) {
            case 0 -> someOf(chain.epochs(), random);
            case 1 -> someOf(ever, random);
            case 2 -> someOf(window, random);
            default -> window.getLast();
        };
    }

    private static Epoch someOf(List<Epoch> all, SplittableRandom random) {
        return all.get(random.nextInt(all.size()));
    }

    byte[] chunk(Epoch at, ChunkId id) {
        return Objects.requireNonNull(Objects.requireNonNull(rows.get(at)).get(id));
    }

    Claim claim(Epoch epoch) {
        return Objects.requireNonNull(claims.get(epoch));
    }

    /** Fails unless a node that was asked since {@code before} may have answered, or refused for that reason. */
    void judge(Epoch epoch, Claim before, Optional<FailureReason> refused) {
        Claim now = claim(epoch);
        if (!now.equals(before) || now.answer() == Answer.EITHER) {
            return;
        }
        boolean given = now.answer() == Answer.GIVEN;
        // Which of the two reasons it is may change while the node is asked.
        if (given == refused.isPresent() || (refused.isPresent() && !REASONS.contains(refused.get()))) {
            throw new AssertionError("epoch " + epoch + " is " + now.answer() + ", but the node says "
                    + refused.map(FailureReason::name).orElse("rows") + "; the window is " + window());
        }
    }

    /** The delta that comes next. The node is about to be told. */
    Delta beginAppend(int mostRows, Predicate<ChunkId> mayChange) {
        Epoch before = head();
        Delta next = chain.next(mostRows, mayChange);
        remember();
        possibleHeads = Set.of(before, head());
        claim(chain.head(), Answer.EITHER);
        leaving().forEach(epoch -> claim(epoch, Answer.EITHER));
        return next;
    }

    private List<Epoch> leaving() {
        return window().stream()
                .filter(epoch -> epoch.number() <= head().number() - windowEpochs)
                .toList();
    }

    /** The node was told of it. */
    void endAppend(boolean taken) {
        if (taken) {
            leaving().forEach(epoch -> claim(epoch, Answer.REFUSED));
            oldest = Math.max(oldest, head().number() - windowEpochs + 1);
            claim(head(), Answer.GIVEN);
        } else {
            leaving().forEach(epoch -> claim(epoch, Answer.GIVEN));
            claim(head(), Answer.REFUSED);
            List<Epoch> all = chain.epochs();
            chain.rewind(all.get(all.size() - 2));
        }
        possibleHeads = Set.of(head());
    }

    /** The node is about to be told to go back. */
    void beginRewind(Epoch to) {
        after(to).forEach(epoch -> claim(epoch, Answer.EITHER));
        possibleHeads = Set.copyOf(List.of(head(), to));
    }

    void endRewind(Epoch to, boolean done) {
        after(to).forEach(epoch -> claim(epoch, done ? Answer.REFUSED : Answer.GIVEN));
        if (done) {
            chain.rewind(to);
        }
        possibleHeads = Set.of(head());
    }

    private List<Epoch> after(Epoch to) {
        return window().stream().filter(epoch -> epoch.number() > to.number()).toList();
    }

    /**
     * The node has come back with these epochs, oldest first. Fails unless it has all that it must have, and nothing that
     * it cannot have.
     */
    void comeBack(List<Epoch> found) {
        Epoch head = found.getLast();
        if (!possibleHeads.contains(head)) {
            throw new AssertionError("came back at " + head + ", not at one of " + possibleHeads);
        }
        chain.rewind(head);
        long needed = Math.max(oldest, head.number() - windowEpochs + 1);
        List<Epoch> all = chain.epochs();
        if (found.getFirst().number() > needed
                || found.size() > windowEpochs
                || !all.subList(all.size() - found.size(), all.size()).equals(found)) {
            throw new AssertionError("came back with " + found + ", needed from " + needed + " on of " + all);
        }
        oldest = found.getFirst().number();
        possibleHeads = Set.of(head);
        rows.keySet().forEach(epoch -> claim(epoch, found.contains(epoch) ? Answer.GIVEN : Answer.REFUSED));
    }

    private void remember() {
        Map<ChunkId, byte[]> matrix = new HashMap<>();
        snapshot.chunkIds().forEach(id -> matrix.put(id, chain.chunk(chain.head(), id)));
        rows.put(chain.head(), matrix);
        ever.add(chain.head());
    }

    private void claim(Epoch epoch, Answer answer) {
        Claim before = claims.get(epoch);
        if (before == null || before.answer() != answer) {
            claims.put(epoch, new Claim(answer, ++events));
        }
    }
}
