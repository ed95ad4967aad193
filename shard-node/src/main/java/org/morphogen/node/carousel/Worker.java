package org.morphogen.node.carousel;

import org.jspecify.annotations.Nullable;
import org.morphogen.node.engine.ScanEngine;
import org.morphogen.node.numa.Banks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One scanning thread, beside one bank of memory: takes segment after segment. A defect ends the queries that it meets,
 * never the thread.
 */
final class Worker implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(Worker.class);

    private final Carousel carousel;
    private final ScanEngine engine;
    private final Banks banks;
    private final int bank;
    private @Nullable SegmentScanner scanner;

    Worker(Carousel carousel, ScanEngine engine, Banks banks, int bank) {
        this.carousel = carousel;
        this.engine = engine;
        this.banks = banks;
        this.bank = bank;
    }

    @Override
    public void run() {
        banks.pinThread(bank);
        TakenSegment segment = new TakenSegment();
        try {
            while (carousel.take(segment, bank)) {
                boolean sound = scan(segment);
                carousel.finished(segment, !sound);
                segment.clear();
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean scan(TakenSegment segment) {
        try {
            SegmentScanner sound = scanner == null ? new SegmentScanner(engine) : scanner;
            scanner = sound;
            sound.scan(segment);
            return true;
        } catch (RuntimeException | Error defect) {
            scanner = null;
            log.error("A segment could not be scanned", defect);
            return false;
        }
    }
}
