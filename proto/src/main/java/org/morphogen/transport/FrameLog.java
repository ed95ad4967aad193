package org.morphogen.transport;

import io.grpc.netty.shaded.io.netty.util.internal.logging.InternalLoggerFactory;
import io.grpc.netty.shaded.io.netty.util.internal.logging.JdkLoggerFactory;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Silences the frame log of gRPC's transport. At level DEBUG it writes the first bytes of every message that is sent or
 * received, and so would write a client's DPF keys, of both parties, into one log.
 */
final class FrameLog {
    /** Held here, since a logger that nobody holds may lose its level. */
    private static final List<Logger> SILENCED = List.of(
            Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyClientHandler"),
            Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerHandler"));

    private FrameLog() {}

    /**
     * Makes gRPC's own copy of Netty log where the rest of gRPC does, to java.util.logging, and its frame log not at
     * all, whatever levels the application has chosen. To be called before a channel or server is built.
     */
    static void silence() {
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
        SILENCED.forEach(logger -> logger.setLevel(Level.INFO));
    }
}
