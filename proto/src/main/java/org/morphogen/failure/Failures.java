package org.morphogen.failure;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.morphogen.protocol.v1.Failure;

/**
 * Carries {@link MorphogenException}s over gRPC and back: as the status of a call or as one query's answer. Text is cut
 * to what a call's metadata can hold, and text from elsewhere to printable characters before a log or a terminal sees it.
 */
public final class Failures {
    private static final String DOMAIN = "morphogen.org";

    private Failures() {}

    /** The status that ends a call with this failure, the reason and facts in its ErrorInfo. */
    public static StatusRuntimeException toStatus(MorphogenException failure) {
        ErrorInfo info = ErrorInfo.newBuilder()
                .setReason(failure.reason().name())
                .setDomain(DOMAIN)
                .putAllMetadata(FailureText.facts(failure.facts()))
                .build();
        return StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                .setCode(failure.reason().code().value())
                .setMessage(FailureText.message(String.valueOf(failure.getMessage())))
                .addDetails(Any.pack(info))
                .build());
    }

    /**
     * The failure that a call ended with. A status without our ErrorInfo (made by gRPC itself or a proxy) becomes the
     * reason nearest to its code.
     *
     * @param what who was asked for what, e.g. {@code "party 0, coordinator 127.0.0.1:7000"}
     */
    public static MorphogenException fromStatus(String what, Throwable thrown) {
        if (thrown instanceof MorphogenException already) {
            return already;
        }
        Status status = Status.fromThrowable(thrown);
        Optional<ErrorInfo> info = errorInfo(thrown);
        FailureReason reason =
                info.flatMap(i -> FailureReason.named(i.getReason())).orElseGet(() -> nearest(status.getCode()));
        Map<String, String> facts = info.map(ErrorInfo::getMetadataMap).orElse(Map.of());
        String description = status.getDescription() == null ? status.getCode().name() : status.getDescription();
        return new MorphogenException(
                reason, what + ": " + FailureText.message(description), FailureText.facts(facts), thrown);
    }

    /** One query's failure on a stream that stays open. */
    public static Failure toMessage(MorphogenException failure) {
        return Failure.newBuilder()
                .setReason(failure.reason().name())
                .setMessage(FailureText.message(String.valueOf(failure.getMessage())))
                .putAllFacts(FailureText.facts(failure.facts()))
                .build();
    }

    /** The failure that a query was answered with; see {@link #fromStatus} for {@code what}. */
    public static MorphogenException fromMessage(String what, Failure failure) {
        FailureReason reason = FailureReason.named(failure.getReason()).orElse(FailureReason.INTERNAL);
        return new MorphogenException(
                reason,
                what + ": " + FailureText.message(failure.getMessage()),
                FailureText.facts(failure.getFactsMap()));
    }

    private static Optional<ErrorInfo> errorInfo(Throwable thrown) {
        for (Any detail : details(thrown)) {
            if (detail.is(ErrorInfo.class)) {
                try {
                    ErrorInfo info = detail.unpack(ErrorInfo.class);
                    return DOMAIN.equals(info.getDomain()) ? Optional.of(info) : Optional.empty();
                } catch (InvalidProtocolBufferException notOurs) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    private static List<Any> details(Throwable thrown) {
        try {
            com.google.rpc.Status proto = StatusProto.fromThrowable(thrown);
            return proto == null ? List.of() : proto.getDetailsList();
        } catch (IllegalArgumentException garbage) {
            // The other side's trailer does not parse; its status still tells something.
            return List.of();
        }
    }

    private static FailureReason nearest(Status.Code code) {
        return switch (code) {
            case UNAVAILABLE, ABORTED, CANCELLED -> FailureReason.UNAVAILABLE;
            case DEADLINE_EXCEEDED -> FailureReason.DEADLINE_PASSED;
            case RESOURCE_EXHAUSTED -> FailureReason.BUSY;
            case PERMISSION_DENIED, UNAUTHENTICATED -> FailureReason.NOT_ALLOWED;
            case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE, NOT_FOUND, ALREADY_EXISTS ->
                FailureReason.REQUEST_INVALID;
            case OK, UNKNOWN, UNIMPLEMENTED, INTERNAL, DATA_LOSS -> FailureReason.INTERNAL;
        };
    }
}
