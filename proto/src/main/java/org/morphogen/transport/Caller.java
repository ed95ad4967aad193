package org.morphogen.transport;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;

/**
 * Who makes the call that is being served: a process of this party, or anybody.
 *
 * <p>With TLS, a process of this party is one with a certificate that the server's {@code trusted} certificates sign.
 * On plain-text loopback everyone on the machine counts as one.
 */
public enum Caller {
    /** A process of this party: coordinator, node or administrator. */
    PARTY_MEMBER,
    /** A light client, or anyone else. */
    ANYBODY;

    private static final Context.Key<Caller> CURRENT = Context.keyWithDefault("morphogen-caller", ANYBODY);

    /** The caller of the call whose context is current. */
    public static Caller current() {
        return CURRENT.get();
    }

    /** Throws NOT_ALLOWED unless the current caller is a process of this party. */
    public static void requirePartyMember() {
        if (current() != PARTY_MEMBER) {
            throw new MorphogenException(FailureReason.NOT_ALLOWED, "This call is for processes of this party alone.");
        }
    }

    /** Puts the caller into the context of every call. */
    static ServerInterceptor identifying(boolean plainText) {
        return new ServerInterceptor() {
            @Override
            public <Q, A> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                Context context = Context.current().withValue(CURRENT, plainText ? PARTY_MEMBER : of(call));
                return Contexts.interceptCall(context, call, headers, next);
            }
        };
    }

    /** Closes calls of anybody else with NOT_ALLOWED. */
    static ServerInterceptor partyOnly() {
        return new ServerInterceptor() {
            @Override
            public <Q, A> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                try {
                    requirePartyMember();
                } catch (MorphogenException refused) {
                    var status = Failures.toStatus(refused);
                    Metadata trailers = status.getTrailers();
                    call.close(status.getStatus(), trailers == null ? new Metadata() : trailers);
                    return new ServerCall.Listener<>() {};
                }
                return next.startCall(call, headers);
            }
        };
    }

    private static Caller of(ServerCall<?, ?> call) {
        SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        if (session == null) {
            return ANYBODY;
        }
        try {
            return session.getPeerCertificates().length > 0 ? PARTY_MEMBER : ANYBODY;
        } catch (SSLPeerUnverifiedException noCertificate) {
            return ANYBODY;
        }
    }
}
