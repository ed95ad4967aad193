package org.morphogen.node.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.morphogen.epoch.DeltaCodec;
import org.morphogen.epoch.Epoch;
import org.morphogen.node.engine.ScalarEngine;
import org.morphogen.node.engine.ScanEngine;
import org.morphogen.node.epoch.EpochKeeper;
import org.morphogen.node.epoch.EpochSettings;
import org.morphogen.node.epoch.KnownEpoch;
import org.morphogen.node.epoch.StepWatch;
import org.morphogen.node.epoch.Timeline;
import org.morphogen.node.fixture.Holder;
import org.morphogen.node.fixture.Line;
import org.morphogen.node.fixture.MadeSnapshot;
import org.morphogen.node.fixture.NodeClient;
import org.morphogen.node.fixture.QueryNode;
import org.morphogen.node.fixture.SnapshotServer;
import org.morphogen.node.fixture.TableSpec;
import org.morphogen.node.generation.HeldGeneration;
import org.morphogen.node.pull.DiskPartFile;
import org.morphogen.node.pull.PartFile;
import org.morphogen.node.query.QueryLimits;
import org.morphogen.protocol.v1.RecoverRequest;
import org.morphogen.row.Bytes32;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.Sha256;

/**
 * Two nodes of one party on real sockets: a donor that has followed the chain for much longer than its window, so that
 * older deltas are gone, and a taker. Verbs wait until what they say is so.
 */
final class Pair implements AutoCloseable {
    static final int WINDOW = 6;

    private static final long MEMORY = 64L << 20;
    private static final long LOG_BYTES = 100 << 10;
    private static final QueryLimits LIMITS = new QueryLimits(64, 4096, 64);

    private final Path folder;
    private final long seed;
    private final MadeSnapshot snapshot;
    private final SnapshotServer server;
    private final Line line;
    private final ScanEngine takerEngine;
    private final QueryNode donor;
    private QueryNode taker;
    private NodeClient leader;
    private volatile StepWatch watch = StepWatch.NONE;
    private PartFile.Opener opener = DiskPartFile::open;

    Pair(Path folder, long seed) {
        this(
                folder,
                seed,
                new ScalarEngine(),
                new ScalarEngine(),
                new TableSpec("narrow", 32, 3, 1280, 256),
                new TableSpec("wide", 1024, 1, 3072, 2048, 2));
    }

    /** With engines, which stay the caller's, and other tables. */
    Pair(Path folder, long seed, ScanEngine donorEngine, ScanEngine takerEngine, TableSpec... tables) {
        this.takerEngine = takerEngine;
        this.folder = folder;
        this.seed = seed;
        snapshot = MadeSnapshot.make(folder.resolve("snapshot"), seed, tables);
        server = new SnapshotServer(snapshot.folder());
        line = new Line(snapshot, new SplittableRandom(seed));
        donor = node("donor", donorEngine, DiskPartFile::open, StepWatch.NONE);
        donor.holder().generations().hold(1, snapshot.wish(0, 1, server.endpoint()));
        donor.holder().awaitComplete(1);
        taker = node("taker", takerEngine, opener, step -> watch.reached(step));
        leader = new NodeClient(taker.endpoint());
    }

    private QueryNode node(String name, ScanEngine engine, PartFile.Opener files, StepWatch steps) {
        EpochSettings epochs = new EpochSettings(WINDOW, 64 << 20, LOG_BYTES, steps);
        return new QueryNode(new Holder(0, folder.resolve(name), engine, MEMORY, files, epochs), 0, engine, LIMITS);
    }

    /** Lets the donor, and others, follow so long that its log does not reach the snapshot any more. */
    void outgrowTheLog(EpochKeeper... others) {
        EpochKeeper[] nodes =
                Stream.concat(Stream.of(donorKeeper()), Stream.of(others)).toArray(EpochKeeper[]::new);
        line.blocks(40, nodes);
        for (QueryNode node : List.of(donor, taker)) {
            if (node == donor || others.length > 0) {
                await().ignoreExceptionsInstanceOf(UncheckedIOException.class).until(() -> !Files.exists(log(node)));
            }
        }
        line.chain().keepNewest(3 * WINDOW);
    }

    private static Path log(QueryNode node) {
        return node.holder().directory().generation(1).path().resolve("deltas-0000000001.log");
    }

    MadeSnapshot snapshot() {
        return snapshot;
    }

    Line line() {
        return line;
    }

    QueryNode donor() {
        return donor;
    }

    QueryNode taker() {
        return taker;
    }

    /** A third node, which is told nothing yet. */
    QueryNode another(String name) {
        return node(name, new ScalarEngine(), DiskPartFile::open, StepWatch.NONE);
    }

    EpochKeeper donorKeeper() {
        return keeper(donor);
    }

    EpochKeeper takerKeeper() {
        return keeper(taker);
    }

    /** What keeps a node's epochs, once it has read them. */
    static EpochKeeper keeper(QueryNode node) {
        quickly()
                .until(() -> node.holder()
                        .generations()
                        .find(1)
                        .flatMap(HeldGeneration::keeper)
                        .isPresent());
        return node.holder().generations().find(1).orElseThrow().keeper().orElseThrow();
    }

    private static ConditionFactory quickly() {
        return await().atMost(Duration.ofSeconds(20)).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5));
    }

    /** From now on the taker, once started anew, writes what it takes through these. */
    void disk(PartFile.Opener files) {
        opener = files;
    }

    /** Told of the taker's steps from now on. */
    void watch(StepWatch now) {
        watch = now;
    }

    /** Tells the taker to hold these chunks. */
    void hold(long version, List<ChunkId> chunks) {
        leader.control()
                .hold(NodeClient.request(line.term(), snapshot.wish(0, 1, version, chunks, server.endpoint()))
                        .build());
        line.holds(takerKeeper(), chunks);
    }

    /** Tells the taker to hold everything, and waits until it has it as the snapshot has it. */
    void holdSnapshot() {
        hold(1, snapshot.chunkIds());
        taker.holder().awaitComplete(1);
    }

    /** Serves the snapshot. */
    SnapshotServer server() {
        return server;
    }

    /** Another node takes everything from the donor, from the donor's oldest epoch on, and could be one then. */
    void bringToHead(QueryNode node) {
        bringToHead(node, donorKeeper().epochs().window().getLast().epoch());
    }

    /** The same, but it knows no epoch before that one. */
    void bringToHead(QueryNode node, Epoch first) {
        node.holder().generations().hold(line.term(), snapshot.wish(0, 1, server.endpoint()));
        EpochKeeper before = keeper(node);
        try (NodeClient client = new NodeClient(node.endpoint())) {
            RecoverRequest.Builder order = line.anew(donorKeeper(), snapshot.base(), donor.endpoint());
            order.getBeginAtBuilder().setEpoch(DeltaCodec.write(first));
            client.control().recover(order.build());
        }
        quickly().until(() -> keeper(node) != before);
        line.catchUp(keeper(node));
        node.holder().awaitComplete(1);
    }

    void recover(RecoverRequest.Builder order) {
        leader.control().recover(order.build());
    }

    /** The taker's own word. */
    org.morphogen.protocol.v1.HeldGeneration status() {
        return leader.status(line.term()).getGenerations(0);
    }

    void awaitWanting() {
        quickly().until(() -> status().getWantsReplica());
    }

    void awaitComplete() {
        taker.holder().awaitComplete(1);
        assertThat(status().getWantsReplica()).isFalse();
        // What went wrong on the way is forgotten a moment later.
        quickly().until(() -> status().getProblem().isEmpty());
    }

    void stopTaker() {
        leader.close();
        taker.close();
    }

    void startTaker() {
        taker = node("taker", takerEngine, opener, step -> watch.reached(step));
        leader = new NodeClient(taker.endpoint());
    }

    Path takerFolder() {
        return folder.resolve("taker/generations/0000000001");
    }

    List<Path> takerFiles(String suffix) throws IOException {
        while (true) {
            try (Stream<Path> all = Files.walk(takerFolder())) {
                return all.filter(path -> path.toString().endsWith(suffix))
                        .sorted()
                        .toList();
            } catch (UncheckedIOException gone) {
                assertThat(gone).hasCauseInstanceOf(NoSuchFileException.class);
            }
        }
    }

    /** At every epoch that a node says it can answer, and it can answer {@code least} of them. */
    void assertHoldsItsWindow(QueryNode node, int least) {
        List<Epoch> window =
                keeper(node).epochs().window().stream().map(KnownEpoch::epoch).toList();
        assertThat(window).hasSizeGreaterThanOrEqualTo(least);
        assertThat(window.getFirst()).isEqualTo(line.chain().head());
        window.forEach(epoch -> snapshot.chunkIds().forEach(id -> assertHolds(node, id, epoch)));
    }

    void assertHolds(QueryNode node, ChunkId id, Epoch epoch) {
        EpochKeeper keeper = keeper(node);
        try (Timeline.Pin pin = keeper.epochs().pin(epoch.number(), epoch.mark())) {
            assertThat(keeper.digest(id, pin.epoch()).map(Bytes32::hex))
                    .as("chunk %s at %s, seed %d", id, epoch, seed)
                    .contains(Sha256.of(line.chain().chunk(epoch, id)));
        }
    }

    @Override
    public void close() {
        stopTaker();
        donor.close();
        server.close();
    }
}
