package org.morphogen.node.carousel;

import java.util.function.LongSupplier;
import org.morphogen.node.engine.ScanEngine;
import org.morphogen.node.numa.Banks;

/** Opens carousels whose time a test makes. */
public final class TimedCarousel {
    private TimedCarousel() {}

    /** One on a machine whose memory is all the same. */
    public static Carousel open(int threads, ScanEngine engine, LongSupplier nanoTime) {
        return new Carousel(threads, engine, Banks.ONE, nanoTime);
    }
}
