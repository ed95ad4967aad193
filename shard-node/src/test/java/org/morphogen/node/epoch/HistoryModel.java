package org.morphogen.node.epoch;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.Epoch;
import org.morphogen.node.fixture.Chain;

/** What all nodes know, while it changes: whoever looks at an epoch learns what is right and whether it has left. */
final class HistoryModel {
    private final Chain chain;
    private final int window;
    private long oldest;

    HistoryModel(Chain chain, int window) {
        this.chain = chain;
        this.window = window;
        this.oldest = chain.head().number();
    }

    /** Tells all nodes of one more block before anybody may ask for it. */
    synchronized void append(int mostRows, Consumer<Delta> nodes) {
        Delta delta = chain.next(mostRows);
        nodes.accept(delta);
        oldest = Math.max(oldest, chain.head().number() - window + 1);
        chain.keepNewest(window);
    }

    /** Tells all nodes to go back to some epoch of the window, head included. */
    synchronized void rewind(SplittableRandom random, Consumer<Epoch> nodes) {
        Epoch to = some(random);
        nodes.accept(to);
        chain.rewind(to);
    }

    /** What {@code look} gives for some epoch that can be asked for. */
    synchronized <T> T look(SplittableRandom random, Function<Epoch, T> look) {
        return look.apply(some(random));
    }

    /** Whether it can be asked for no more. */
    synchronized boolean hasLeft(Epoch epoch) {
        return epoch.number() < oldest || !chain.epochs().contains(epoch);
    }

    synchronized boolean isHead(Epoch epoch) {
        return chain.head().equals(epoch);
    }

    private Epoch some(SplittableRandom random) {
        List<Epoch> known = chain.epochs().stream()
                .filter(epoch -> epoch.number() >= oldest)
                .toList();
        // Most clients ask for the newest.
        return random.nextBoolean() ? known.getLast() : known.get(random.nextInt(known.size()));
    }
}
