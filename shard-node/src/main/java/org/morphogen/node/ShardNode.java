package org.morphogen.node;

import io.grpc.Server;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.curator.framework.CuratorFramework;
import org.jspecify.annotations.Nullable;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.carousel.Carousel;
import org.morphogen.node.chunk.DataDirectory;
import org.morphogen.node.chunk.MemoryBudget;
import org.morphogen.node.chunk.RowMemory;
import org.morphogen.node.control.NodeCondition;
import org.morphogen.node.control.NodeControlEndpoint;
import org.morphogen.node.control.NodeState;
import org.morphogen.node.engine.ScanEngine;
import org.morphogen.node.generation.HeldGenerations;
import org.morphogen.node.generation.LoadingSettings;
import org.morphogen.node.membership.Membership;
import org.morphogen.node.metrics.MetricsEndpoint;
import org.morphogen.node.metrics.NodeMetrics;
import org.morphogen.node.pull.Backoff;
import org.morphogen.node.pull.DiskPartFile;
import org.morphogen.node.query.QueryEndpoint;
import org.morphogen.transport.Endpoint;
import org.morphogen.transport.Transport;
import org.morphogen.zookeeper.ClusterPaths;
import org.morphogen.zookeeper.NodeRegistration;
import org.morphogen.zookeeper.ZooKeeperConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running shard node. It serves what its disk holds as soon as that is loaded, whether or not ZooKeeper and the
 * coordinators are there. Thread-safe.
 */
public final class ShardNode implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ShardNode.class);
    private static final long STOP_GRACE_SECONDS = 5;

    private final NodeSettings settings;
    private final Teardown teardown = new Teardown();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicBoolean closing = new AtomicBoolean();
    private final NodeCondition condition;
    private final Endpoint endpoint;
    private volatile @Nullable MorphogenException failure;

    private ShardNode(NodeSettings settings) {
        this.settings = settings;
        try {
            ExecutorService calls =
                    teardown.add(Executors.newVirtualThreadPerTaskExecutor(), ExecutorService::shutdownNow);
            ScanEngine engine =
                    teardown.add(settings.engine().open(settings.memory().bytes()), ScanEngine::close);
            RowMemory memory = engine.memory(
                    settings.memory().bytes(), settings.numa().banks().besideThreads(settings.scanThreadCount(engine)));
            HeldGenerations generations = held(engine, memory, calls);
            this.condition = new NodeCondition(generations);
            this.endpoint = openDoors(engine, generations, memory.budget(), calls);
            register(memory.budget());
            condition.running();
        } catch (RuntimeException | Error failed) {
            teardown.run();
            throw failed;
        }
        log.info("Node {} of party {} listens on {}", settings.nodeId(), settings.party(), endpoint);
    }

    /**
     * Starts a node; its doors are open when this returns. Fails with SETTINGS_INVALID or STORAGE_FAILED, leaving
     * nothing behind.
     */
    public static ShardNode start(NodeSettings settings) {
        return new ShardNode(settings);
    }

    /** Where it listens, with the port that it got. */
    public Endpoint endpoint() {
        return endpoint;
    }

    /** What it is doing. */
    public NodeState state() {
        return condition.state();
    }

    /** Waits until the node was closed; throws what made it close itself, if it did. */
    public void awaitTermination() throws InterruptedException {
        ended.await();
        MorphogenException reason = failure;
        if (reason != null) {
            throw reason;
        }
    }

    /** Stops taking work, ends what is under way within seconds, and gives memory, disk and registration back. */
    @Override
    public void close() {
        if (closing.compareAndSet(false, true)) {
            condition.stopping();
            teardown.run();
            log.info("Node {} of party {} stopped", settings.nodeId(), settings.party());
            ended.countDown();
        }
    }

    private HeldGenerations held(ScanEngine engine, RowMemory memory, Executor calls) {
        DataDirectory directory = teardown.add(DataDirectory.open(settings.dataDirectory()), DataDirectory::close);
        LoadingSettings loading = new LoadingSettings(
                memory, settings.tls(), calls, DiskPartFile::open, Backoff.STANDARD, settings.epochSettings());
        HeldGenerations generations = teardown.add(
                new HeldGenerations(settings.party(), directory, loading, engine::fault), HeldGenerations::close);
        generations.restore();
        return generations;
    }

    private Endpoint openDoors(ScanEngine engine, HeldGenerations generations, MemoryBudget budget, Executor calls) {
        engine.warmUp();
        Carousel carousel =
                teardown.add(new Carousel(settings.scanThreadCount(engine), engine, budget.banks()), Carousel::close);
        openMetrics(new NodeMetrics(engine.name(), condition, budget, carousel, generations));
        NodeControlEndpoint control = new NodeControlEndpoint(
                new NodeControlEndpoint.Identity(settings.nodeId(), engine.name()), generations, budget, condition);
        QueryEndpoint query = new QueryEndpoint(settings.party(), generations, carousel, settings.queryLimits());
        Server server = Transport.server(settings.listen(), settings.tls(), List.of(query), List.of(control), calls);
        try {
            server.start();
        } catch (IOException taken) {
            throw new MorphogenException(
                    FailureReason.SETTINGS_INVALID,
                    "listen: cannot listen on " + settings.listen() + ": " + taken.getMessage() + ".",
                    Map.of(),
                    taken);
        }
        teardown.add(server, ShardNode::stop);
        teardown.add(query, QueryEndpoint::finish);
        return new Endpoint(settings.listen().host(), server.getPort());
    }

    private void openMetrics(NodeMetrics metrics) {
        settings.metricsListen().ifPresent(listen -> {
            MetricsEndpoint door =
                    teardown.add(MetricsEndpoint.open(listen, metrics.registry()), MetricsEndpoint::close);
            log.info("Metrics are at http://{}/metrics", new Endpoint(listen.host(), door.port()));
        });
    }

    private static void stop(Server server) {
        server.shutdown();
        try {
            if (!server.awaitTermination(STOP_GRACE_SECONDS, TimeUnit.SECONDS)) {
                server.shutdownNow().awaitTermination(STOP_GRACE_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException interrupted) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private void register(MemoryBudget budget) {
        CuratorFramework zooKeeper =
                teardown.add(ZooKeeperConnection.open(settings.zookeeper()), CuratorFramework::close);
        NodeRegistration registration = new NodeRegistration(
                settings.nodeId(), settings.advertise().orElse(endpoint).toString(), budget.limitBytes());
        Membership membership = new Membership(
                zooKeeper,
                new ClusterPaths(settings.party()).node(settings.nodeId()),
                registration,
                settings.zookeeper().sessionTimeout(),
                this::stopBecause);
        teardown.add(membership, Membership::close).start();
    }

    private void stopBecause(MorphogenException reason) {
        log.error("Node {} stops: {}", settings.nodeId(), reason.explain());
        failure = reason;
        Thread.ofVirtual().start(this::close);
    }
}
