package org.morphogen.transport;

import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import java.io.File;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/**
 * The one place that opens gRPC channels and servers, so that TLS and the {@link Limits} hold everywhere. Plain text
 * is for loopback alone: for any other endpoint TLS material must be there, or nothing is opened (SETTINGS_INVALID).
 */
public final class Transport {
    static {
        FrameLog.silence();
    }

    private Transport() {}

    /** A channel to one endpoint. It connects when first used, and again when the connection is lost. */
    public static ManagedChannel channel(Endpoint to, TlsSettings tls, Executor executor) {
        NettyChannelBuilder builder = address(to)
                .executor(executor)
                .maxInboundMessageSize(Limits.MAX_MESSAGE_BYTES)
                .maxInboundMetadataSize(Limits.MAX_METADATA_BYTES)
                .keepAliveTime(Limits.KEEPALIVE_AFTER.toSeconds(), TimeUnit.SECONDS)
                .keepAliveTimeout(Limits.KEEPALIVE_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                .disableRetry();
        if (tls.isEmpty()) {
            requireLoopback(to);
            return builder.usePlaintext().build();
        }
        return builder.sslContext(clientContext(tls)).build();
    }

    /**
     * A server, not yet started.
     *
     * @param open services for anybody
     * @param partyOnly services for processes of this party alone; see {@link Caller}
     * @param executor runs the services' code
     */
    public static Server server(
            Endpoint listen,
            TlsSettings tls,
            List<? extends BindableService> open,
            List<? extends BindableService> partyOnly,
            Executor executor) {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(new InetSocketAddress(listen.host(), listen.port()))
                .executor(executor)
                .maxInboundMessageSize(Limits.MAX_REQUEST_BYTES)
                .maxInboundMetadataSize(Limits.MAX_METADATA_BYTES)
                .maxConcurrentCallsPerConnection(Limits.MAX_CALLS_PER_CONNECTION)
                .permitKeepAliveTime(Limits.KEEPALIVE_AFTER.toSeconds() / 2, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .keepAliveTime(Limits.KEEPALIVE_AFTER.toSeconds(), TimeUnit.SECONDS)
                .keepAliveTimeout(Limits.KEEPALIVE_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                .intercept(Caller.identifying(tls.isEmpty()));
        if (tls.isEmpty()) {
            requireLoopback(listen);
        } else {
            builder.sslContext(serverContext(listen, tls));
        }
        open.forEach(builder::addService);
        partyOnly.forEach(
                service -> builder.addService(ServerInterceptors.intercept(service.bindService(), Caller.partyOnly())));
        return builder.build();
    }

    private static NettyChannelBuilder address(Endpoint to) {
        try {
            return NettyChannelBuilder.forAddress(to.host(), to.port());
        } catch (IllegalArgumentException impossible) {
            throw new MorphogenException(
                    FailureReason.SETTINGS_INVALID,
                    to + " cannot be connected to: that is no host name or address.",
                    Map.of("endpoint", to.toString()),
                    impossible);
        }
    }

    private static void requireLoopback(Endpoint endpoint) {
        if (!endpoint.isLoopback()) {
            throw new MorphogenException(
                    FailureReason.SETTINGS_INVALID,
                    endpoint + " is not a loopback address, and plain text may not leave the machine: set tls"
                            + " (certificate, privateKey, trusted), or use 127.0.0.1.",
                    Map.of("endpoint", endpoint.toString()));
        }
    }

    private static SslContext clientContext(TlsSettings tls) {
        return context("tls", () -> {
            SslContextBuilder builder = GrpcSslContexts.forClient();
            if (tls.trusted().isPresent()) {
                builder.trustManager(readable("tls.trusted", tls.trusted().get()));
            }
            if (tls.certificate().isPresent() && tls.privateKey().isPresent()) {
                builder.keyManager(
                        readable("tls.certificate", tls.certificate().get()),
                        readable("tls.privateKey", tls.privateKey().get()));
                TlsIdentity.requireMatch(
                        tls.certificate().get(), tls.privateKey().get());
            }
            return builder.build();
        });
    }

    private static SslContext serverContext(Endpoint listen, TlsSettings tls) {
        if (tls.certificate().isEmpty() || tls.privateKey().isEmpty()) {
            throw new MorphogenException(
                    FailureReason.SETTINGS_INVALID,
                    "tls.certificate and tls.privateKey are needed to listen on " + listen + " with TLS.");
        }
        return context("tls", () -> {
            SslContextBuilder builder = SslContextBuilder.forServer(
                    readable("tls.certificate", tls.certificate().get()),
                    readable("tls.privateKey", tls.privateKey().get()));
            TlsIdentity.requireMatch(tls.certificate().get(), tls.privateKey().get());
            if (tls.trusted().isPresent()) {
                builder.trustManager(readable("tls.trusted", tls.trusted().get()))
                        .clientAuth(ClientAuth.OPTIONAL);
            }
            return GrpcSslContexts.configure(builder).build();
        });
    }

    private static File readable(String setting, Path file) {
        if (!Files.isReadable(file)) {
            throw new MorphogenException(
                    FailureReason.SETTINGS_INVALID, setting + ": there is no readable file " + file + ".");
        }
        return file.toFile();
    }

    private static SslContext context(String setting, ContextBuilding building) {
        try {
            return building.build();
        } catch (SSLException | IllegalArgumentException broken) {
            throw new MorphogenException(
                    FailureReason.SETTINGS_INVALID,
                    setting + ": the PEM files do not make a TLS identity: " + broken.getMessage() + ".",
                    Map.of(),
                    broken);
        }
    }

    @FunctionalInterface
    private interface ContextBuilding {
        SslContext build() throws SSLException;
    }
}
