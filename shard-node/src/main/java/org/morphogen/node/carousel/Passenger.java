package org.morphogen.node.carousel;

import java.util.List;
import org.morphogen.node.engine.Accumulators;

/** Who sent a query on its ride. Told once, by {@link #arrived} or {@link #left}, on a scanning thread. */
public interface Passenger {
    /** Nobody waits any more. Asked often, from any thread, with a lock held: must be quick. */
    boolean isGone();

    /** All is scanned: accumulators in the order of the ride's ways. */
    void arrived(List<Accumulators> rows);

    /** There is no result. */
    void left(Departure why);
}
