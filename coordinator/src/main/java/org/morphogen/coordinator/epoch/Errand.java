package org.morphogen.coordinator.epoch;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.MorphogenException;

/**
 * Work for one node that nobody waits for.
 *
 * @param from the head when it began
 * @param look whether the node counted as at the head then, and is only looked at
 * @param stop makes it end soon
 * @param end where the node stands then; empty if that is not known
 */
record Errand(Epoch from, boolean look, Runnable stop, CompletableFuture<Optional<Epoch>> end) {
    /** What an errand does. */
    interface Work {
        Optional<Epoch> run();
    }

    /** Begins. */
    static Errand begin(String node, Epoch from, boolean look, Work work, Told told) {
        CompletableFuture<Optional<Epoch>> end = new CompletableFuture<>();
        Thread thread = Thread.ofVirtual().name("errand-" + node).start(() -> {
            Optional<Epoch> standing = Optional.empty();
            try {
                standing = work.run();
            } catch (MorphogenException refused) {
                told.tell(node, refused.explain());
            } catch (RuntimeException | Error defect) {
                told.tell(node, String.valueOf(defect));
            } finally {
                end.complete(standing);
            }
        });
        return new Errand(from, look, thread::interrupt, end);
    }

    /** A call that others did not wait for: the node gets no other before it has ended, lest they overtake each other. */
    static Errand straggling(Epoch from, CompletableFuture<Epoch> call) {
        CompletableFuture<Optional<Epoch>> end =
                call.handle((head, failure) -> failure == null ? Optional.of(head) : Optional.empty());
        return new Errand(from, false, () -> {}, end);
    }
}
