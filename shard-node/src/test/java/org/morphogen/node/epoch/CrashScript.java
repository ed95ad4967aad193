package org.morphogen.node.epoch;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.Epoch;
import org.morphogen.node.fixture.Chain;
import org.morphogen.node.fixture.MadeSnapshot;
import org.morphogen.node.fixture.TableSpec;
import org.morphogen.snapshot.ChunkId;

/** What a node is told, step by step, the same for the same seed in any process; and what it must then know. */
final class CrashScript {
    static final int WINDOW = 6;

    private static final int MOST_ROWS = 24;
    private static final int ONE_REWIND_IN = 8;

    private final MadeSnapshot snapshot;
    private final SplittableRandom random;
    private final Chain chain;
    private int done;
    private long oldest;

    /** Makes its snapshot in a new folder. */
    CrashScript(Path folder, long seed) {
        this.snapshot = MadeSnapshot.make(
                folder, seed, new TableSpec("narrow", 32, 3, 1280, 256), new TableSpec("wide", 1024, 1, 3072, 2048));
        this.random = new SplittableRandom(seed);
        this.chain = new Chain(snapshot, random);
        this.oldest = snapshot.base().number();
    }

    /** Small bounds, so that files roll and go all the time. */
    static EpochSettings settings(StepWatch watch) {
        return new EpochSettings(WINDOW, 64 << 20, 150 << 10, watch);
    }

    /** A delta, or going back to {@code after}. */
    record Move(Optional<Delta> delta, Epoch after) {
        void tell(EpochKeeper keeper, Set<ChunkId> held) {
            if (delta.isPresent()) {
                keeper.apply(delta.get(), held);
            } else {
                keeper.rewind(after.digest());
            }
        }
    }

    MadeSnapshot snapshot() {
        return snapshot;
    }

    Chain chain() {
        return chain;
    }

    Set<ChunkId> held() {
        return Set.copyOf(snapshot.chunkIds());
    }

    /** Moves so far. */
    int done() {
        return done;
    }

    /** Number of the oldest epoch that must be known. */
    long oldest() {
        return oldest;
    }

    /** Makes moves without telling anybody. */
    void skipTo(int move) {
        while (done < move) {
            next();
        }
    }

    Move next() {
        done++;
        List<Epoch> earlier = chain.epochs().stream()
                .filter(epoch -> epoch.number() >= oldest
                        && epoch.number() < chain.head().number())
                .toList();
        if (random.nextInt(ONE_REWIND_IN) == 0 && !earlier.isEmpty()) {
            Epoch to = earlier.get(random.nextInt(earlier.size()));
            chain.rewind(to);
            return new Move(Optional.empty(), to);
        }
        Delta delta = chain.next(MOST_ROWS);
        oldest = Math.max(oldest, chain.head().number() - WINDOW + 1);
        // A node may know some that it need not know, from before a reorganisation.
        chain.keepNewest(2 * WINDOW);
        return new Move(Optional.of(delta), chain.head());
    }
}
