package org.morphogen.node;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is to be undone when the node stops, newest first. One that fails does not keep the others from it. */
final class Teardown {
    private static final Logger log = LoggerFactory.getLogger(Teardown.class);

    private final Deque<Runnable> steps = new ArrayDeque<>();

    /** Remembers how to undo {@code part}, and gives it back. */
    synchronized <T> T add(T part, Consumer<? super T> undo) {
        steps.push(() -> undo.accept(part));
        return part;
    }

    /** Undoes everything; a second call finds nothing to do. */
    synchronized void run() {
        while (!steps.isEmpty()) {
            try {
                steps.pop().run();
            } catch (RuntimeException failed) {
                log.error("A part did not stop", failed);
            }
        }
    }
}
