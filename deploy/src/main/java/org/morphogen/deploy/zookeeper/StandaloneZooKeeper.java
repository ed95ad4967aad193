package org.morphogen.deploy.zookeeper;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.transport.Endpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A ZooKeeper server of its own, without an ensemble. It speaks plain text and so listens on loopback alone. */
public final class StandaloneZooKeeper implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StandaloneZooKeeper.class);
    private static final int MAX_CONNECTIONS = 1024;

    private final ServerCnxnFactory door;
    private final FileTxnSnapLog files;
    private final CountDownLatch ended = new CountDownLatch(1);

    private StandaloneZooKeeper(ServerCnxnFactory door, FileTxnSnapLog files) {
        this.door = door;
        this.files = files;
    }

    /** Starts on the data that an earlier server left, if any; fails with SETTINGS_INVALID or STORAGE_FAILED. */
    public static StandaloneZooKeeper start(Path data, Endpoint listen, int tickMillis) {
        if (!listen.isLoopback()) {
            throw new MorphogenException(
                    FailureReason.SETTINGS_INVALID,
                    "--listen: this server speaks plain text, so it listens on loopback alone.");
        }
        try {
            Files.createDirectories(data);
            ZooKeeperServer server = new ZooKeeperServer(data.toFile(), data.toFile(), tickMillis);
            ServerCnxnFactory door = NIOServerCnxnFactory.createFactory(
                    new InetSocketAddress(listen.host(), listen.port()), MAX_CONNECTIONS);
            door.startup(server);
            log.info("ZooKeeper listens on {}:{}", listen.host(), door.getLocalPort());
            return new StandaloneZooKeeper(door, server.getTxnLogFactory());
        } catch (IOException failed) {
            throw new MorphogenException(
                    FailureReason.STORAGE_FAILED,
                    "ZooKeeper cannot start on " + listen + " with " + data + ": " + failed.getMessage() + ".",
                    Map.of(),
                    failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new MorphogenException(FailureReason.UNAVAILABLE, "Interrupted while ZooKeeper started.");
        }
    }

    /** Waits until {@link #close} has been called. */
    public void awaitTermination() throws InterruptedException {
        ended.await();
    }

    @Override
    public void close() {
        door.shutdown();
        try {
            files.close();
        } catch (IOException failed) {
            log.warn("Closing ZooKeeper's files failed: {}", failed.toString());
        }
        ended.countDown();
    }
}
