package org.morphogen.coordinator;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.jspecify.annotations.Nullable;
import org.morphogen.transport.Endpoint;
import org.morphogen.zookeeper.ZooKeeperConnection;
import org.morphogen.zookeeper.ZooKeeperSettings;

/** A real ZooKeeper server on a loopback port of its own. It keeps port and data over {@link #stop} and start. */
public final class TestZooKeeper implements AutoCloseable {
    private static final int TICK_MILLIS = 500;
    private static final int MAX_CONNECTIONS = 200;

    private final Path folder;
    private int port;
    private @Nullable NIOServerCnxnFactory factory;

    public TestZooKeeper(Path folder) {
        this.folder = folder;
        start();
    }

    public void start() {
        try {
            ZooKeeperServer server = new ZooKeeperServer(folder.toFile(), folder.toFile(), TICK_MILLIS);
            NIOServerCnxnFactory starting = new NIOServerCnxnFactory();
            starting.configure(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), MAX_CONNECTIONS);
            starting.startup(server);
            port = starting.getLocalPort();
            factory = starting;
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    public void stop() {
        if (factory != null) {
            factory.shutdown();
            factory = null;
        }
    }

    public ZooKeeperSettings settings() {
        return new ZooKeeperSettings(
                List.of(new Endpoint("127.0.0.1", port)), Duration.ofSeconds(2), Optional.empty(), Optional.empty());
    }

    public CuratorFramework connect() {
        return ZooKeeperConnection.open(settings());
    }

    @Override
    public void close() {
        stop();
    }
}
