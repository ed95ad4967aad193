package org.morphogen.node.carousel;

/** Counts for {@link CarouselState}. Guarded by the carousel's lock. */
final class Tally {
    private int keys;
    private long segments;
    private long bytes;
    private long arrived;
    private long cancelled;
    private long expired;
    private long failed;
    private long lastTurnNanos;

    void boarded(Rider rider) {
        keys += rider.ride().keys();
    }

    void scanned(long segmentBytes) {
        segments++;
        bytes += segmentBytes;
    }

    void arrived(Rider rider, long turnNanos) {
        keys -= rider.ride().keys();
        arrived++;
        lastTurnNanos = turnNanos;
    }

    void left(Rider rider, Departure why) {
        keys -= rider.ride().keys();
        switch (why) {
            case CANCELLED -> cancelled++;
            case EXPIRED -> expired++;
            case DEFECT, STOPPED -> failed++;
        }
    }

    CarouselState state(int riders) {
        return new CarouselState(riders, keys, segments, bytes, arrived, cancelled, expired, failed, lastTurnNanos);
    }
}
