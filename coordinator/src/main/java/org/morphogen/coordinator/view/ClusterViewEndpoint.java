package org.morphogen.coordinator.view;

import io.grpc.stub.StreamObserver;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.ClusterView;
import org.morphogen.protocol.v1.ClusterViewServiceGrpc;
import org.morphogen.protocol.v1.GetViewRequest;
import org.morphogen.protocol.v1.WatchViewRequest;

/** Answers light clients. Thread-safe. */
public final class ClusterViewEndpoint extends ClusterViewServiceGrpc.ClusterViewServiceImplBase {
    private final ServedView view;

    /** Serves {@code view}. */
    public ClusterViewEndpoint(ServedView view) {
        this.view = view;
    }

    @Override
    public void get(GetViewRequest request, StreamObserver<ClusterView> reply) {
        try {
            reply.onNext(view.current());
            reply.onCompleted();
        } catch (MorphogenException failure) {
            reply.onError(Failures.toStatus(failure));
        }
    }

    @Override
    public void watch(WatchViewRequest request, StreamObserver<ClusterView> reply) {
        try {
            view.watch(reply);
        } catch (MorphogenException failure) {
            reply.onError(Failures.toStatus(failure));
        }
    }
}
