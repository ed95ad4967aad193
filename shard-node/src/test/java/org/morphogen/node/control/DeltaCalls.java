package org.morphogen.node.control;

import io.grpc.stub.StreamObserver;
import java.util.function.Function;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.DeltaCodec;
import org.morphogen.epoch.Epoch;
import org.morphogen.protocol.v1.ApplyPart;
import org.morphogen.protocol.v1.ApplyResponse;
import org.morphogen.snapshot.Manifest;

/** The node's end of calls that bring deltas, for tests that have no server. */
public final class DeltaCalls {
    private DeltaCalls() {}

    /** Takes the parts of one delta; {@code apply} is given it whole, and its head goes to the caller. */
    public static StreamObserver<ApplyPart> open(
            StreamObserver<ApplyResponse> caller, Manifest manifest, Function<Delta, Epoch> apply) {
        return new DeltaReceiver(
                caller,
                _ -> {},
                received -> ApplyResponse.newBuilder()
                        .setHead(DeltaCodec.write(apply.apply(whole(received, manifest))))
                        .build());
    }

    private static Delta whole(DeltaReceiver.Received received, Manifest manifest) {
        return DeltaCodec.read(
                org.morphogen.protocol.v1.Delta.newBuilder()
                        .setHeader(received.start().getHeader())
                        .addAllPieces(received.pieces())
                        .build(),
                manifest);
    }
}
