package org.morphogen.deploy.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.transport.Endpoint;

/**
 * Finds loopback ports that nobody listens on, each given out once. They lie below the range from which systems take
 * ports for outgoing connections, so that no connection of our own can take one before its server starts.
 */
final class FreePorts {
    private static final int FIRST = 20_000;
    private static final int END = 30_000;
    private static final int TRIES = 1_000;

    private final Set<Integer> given = new HashSet<>();

    /** A free loopback endpoint. */
    synchronized Endpoint next() {
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, END);
            if (isFree(port) && given.add(port)) {
                return new Endpoint("127.0.0.1", port);
            }
        }
        throw new MorphogenException(
                FailureReason.UNAVAILABLE, "No free port found between " + FIRST + " and " + END + " on 127.0.0.1.");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
