package org.morphogen.node.carousel;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.morphogen.node.engine.Accumulators;

/** Waits for what becomes of a ride. Closes it; being told twice fails. */
final class Visitor implements Passenger {
    private final Ride ride;
    private final CompletableFuture<Optional<byte[]>> rows = new CompletableFuture<>();
    private volatile Optional<Departure> departure = Optional.empty();
    private volatile boolean gone;
    private volatile boolean toldTwice;

    Visitor(Ride ride) {
        this.ride = ride;
    }

    static Visitor board(Carousel carousel, Ride ride, long deadlineMillis) {
        Visitor visitor = new Visitor(ride);
        carousel.board(ride, deadlineMillis, visitor);
        return visitor;
    }

    void goAway() {
        gone = true;
    }

    /** The rows of the only way; empty if it left without. */
    Optional<byte[]> await() throws InterruptedException, ExecutionException, TimeoutException {
        Optional<byte[]> found = rows.get(30, TimeUnit.SECONDS);
        if (toldTwice) {
            throw new IllegalStateException("told twice");
        }
        return found;
    }

    Optional<Departure> departure() {
        return departure;
    }

    @Override
    public boolean isGone() {
        return gone;
    }

    @Override
    public void arrived(List<Accumulators> sums) {
        tell(Optional.of(sums.getFirst().toBytes()));
    }

    @Override
    public void left(Departure why) {
        departure = Optional.of(why);
        tell(Optional.empty());
    }

    private void tell(Optional<byte[]> outcome) {
        ride.close();
        if (!rows.complete(outcome)) {
            toldTwice = true;
        }
    }
}
