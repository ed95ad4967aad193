package org.morphogen.coordinator.membership;

import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/** Takes the one answer of an asynchronous call as a future. */
final class Reply<T> implements StreamObserver<T> {
    private final CompletableFuture<T> future = new CompletableFuture<>();
    private @Nullable T value;

    /** Starts a call and gives its answer. */
    static <T> CompletableFuture<T> to(Consumer<StreamObserver<T>> call) {
        Reply<T> reply = new Reply<>();
        call.accept(reply);
        return reply.future;
    }

    @Override
    public void onNext(T answer) {
        value = answer;
    }

    @Override
    public void onError(Throwable thrown) {
        future.completeExceptionally(thrown);
    }

    @Override
    public void onCompleted() {
        if (value == null) {
            future.completeExceptionally(
                    new MorphogenException(FailureReason.INTERNAL, "The call ended without an answer."));
        } else {
            future.complete(value);
        }
    }
}
