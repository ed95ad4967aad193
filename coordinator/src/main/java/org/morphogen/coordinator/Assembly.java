package org.morphogen.coordinator;

import io.grpc.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.jspecify.annotations.Nullable;
import org.morphogen.coordinator.admin.AdminEndpoint;
import org.morphogen.coordinator.admin.PartyInsight;
import org.morphogen.coordinator.epoch.StepWatch;
import org.morphogen.coordinator.feed.BlockFeed;
import org.morphogen.coordinator.generation.GenerationControl;
import org.morphogen.coordinator.generation.LeaderTimings;
import org.morphogen.coordinator.generation.Surroundings;
import org.morphogen.coordinator.leadership.LeaderTerm;
import org.morphogen.coordinator.leadership.Leaders;
import org.morphogen.coordinator.leadership.Leadership;
import org.morphogen.coordinator.membership.CoordinatorRegistration;
import org.morphogen.coordinator.membership.Membership;
import org.morphogen.coordinator.membership.NodeWatch;
import org.morphogen.coordinator.membership.Presence;
import org.morphogen.coordinator.mirror.PartyMirror;
import org.morphogen.coordinator.transfer.SnapshotEndpoint;
import org.morphogen.coordinator.transfer.SnapshotLibrary;
import org.morphogen.coordinator.view.ClusterViewEndpoint;
import org.morphogen.coordinator.view.ServedView;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.transport.Endpoint;
import org.morphogen.transport.Transport;
import org.morphogen.zookeeper.ClusterPaths;
import org.morphogen.zookeeper.ZooKeeperConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of one coordinator and the order in which they start and end. */
final class Assembly implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Assembly.class);
    /** Terms are far below; a figure above is nonsense and must not use up the numbers. */
    private static final long MOST_TERM = 1L << 60;

    private static final Duration FAREWELL = Duration.ofSeconds(2);

    private final CoordinatorSettings settings;
    private final LeaderTimings timings;
    private final StepWatch steps;
    private final ClusterPaths paths;
    private final CuratorFramework client;
    private final PartyMirror mirror;
    private final Membership membership;
    private final Leaders leaders;
    private final ServedView view;
    private final NodeWatch watch;
    private final SnapshotLibrary library;
    private @Nullable Server server;
    private @Nullable Presence presence;
    private volatile @Nullable Leadership leadership;
    private volatile @Nullable LeaderOffice office;

    Assembly(CoordinatorSettings settings, LeaderTimings timings, StepWatch steps) {
        this.settings = settings;
        this.timings = timings;
        this.steps = steps;
        paths = new ClusterPaths(settings.party());
        client = ZooKeeperConnection.open(settings.zookeeper());
        mirror = new PartyMirror(client, paths);
        membership = new Membership(mirror, paths);
        leaders = new Leaders(mirror, membership, paths);
        view = new ServedView(mirror, paths);
        watch = new NodeWatch(
                membership,
                () -> Math.max(leaders.term(), heldTerm()),
                this::stepDown,
                settings.tls(),
                timings.pollInterval(),
                timings.pollDeadline());
        library = new SnapshotLibrary(settings.snapshots());
    }

    void start() {
        makeSnapshotDirectory();
        settings.chain().open().ifPresent(BlockFeed::close);
        listen();
        CoordinatorRegistration self =
                new CoordinatorRegistration(settings.coordinatorId(), endpoint().toString());
        office = new LeaderOffice(
                new Surroundings(
                        client,
                        paths,
                        self,
                        membership,
                        watch,
                        library,
                        view,
                        settings.replicas(),
                        settings.chain(),
                        timings,
                        steps),
                this::stepDown);
        leadership = new Leadership(client, paths, settings.coordinatorId(), office);
        presence = new Presence(client, paths, self);
        mirror.start();
        presence.start();
        watch.start();
        leadership.start();
        LOG.info("Coordinator {} of party {} listens on {}", self.coordinatorId(), paths.party(), self.endpoint());
    }

    private void makeSnapshotDirectory() {
        try {
            Files.createDirectories(settings.snapshots());
        } catch (IOException failed) {
            throw new MorphogenException(
                    FailureReason.STORAGE_FAILED,
                    "snapshots: cannot make the directory " + settings.snapshots() + ".",
                    Map.of(),
                    failed);
        }
    }

    private void listen() {
        AdminEndpoint admin = new AdminEndpoint(
                new PartyInsight(settings.coordinatorId(), paths, mirror, membership, leaders, watch, view),
                library,
                this::control);
        Server listening = Transport.server(
                settings.listen(),
                settings.tls(),
                List.of(new ClusterViewEndpoint(view), new SnapshotEndpoint(library)),
                List.of(admin),
                Thread::startVirtualThread);
        try {
            server = listening.start();
        } catch (IOException taken) {
            throw new MorphogenException(
                    FailureReason.SETTINGS_INVALID,
                    "listen: cannot listen on " + settings.listen() + " (" + taken.getMessage() + ").",
                    Map.of("endpoint", settings.listen().toString()),
                    taken);
        }
    }

    Endpoint endpoint() {
        return settings.advertise().orElseGet(() -> {
            if (server == null) {
                throw new IllegalStateException("not started");
            }
            return new Endpoint(settings.listen().host(), server.getPort());
        });
    }

    private Optional<GenerationControl> control() {
        LeaderOffice mine = office;
        return mine == null ? Optional.empty() : mine.control();
    }

    long heldTerm() {
        Leadership mine = leadership;
        return mine == null ? 0 : mine.held().map(LeaderTerm::number).orElse(0L);
    }

    private void stepDown(long term, MorphogenException why) {
        Leadership mine = leadership;
        if (mine != null) {
            mine.stepDown(term, newestTerm(why), why.getMessage() == null ? "" : why.getMessage());
        }
    }

    private static long newestTerm(MorphogenException why) {
        try {
            return Math.clamp(Long.parseLong(why.facts().getOrDefault("term", "0")), 0, MOST_TERM);
        } catch (NumberFormatException strange) {
            return 0;
        }
    }

    @Override
    public void close() {
        view.close();
        if (leadership != null) {
            leadership.close();
        }
        if (server != null) {
            server.shutdown();
        }
        watch.close();
        if (presence != null) {
            presence.close();
        }
        mirror.close();
        client.close();
        if (server != null) {
            end(server);
        }
    }

    private static void end(Server server) {
        try {
            if (!server.awaitTermination(FAREWELL.toMillis(), TimeUnit.MILLISECONDS)) {
                server.shutdownNow();
            }
        } catch (InterruptedException stopped) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
