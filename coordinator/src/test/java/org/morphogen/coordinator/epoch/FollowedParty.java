package org.morphogen.coordinator.epoch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.morphogen.coordinator.FakeNode;
import org.morphogen.coordinator.HeldEpochs;
import org.morphogen.coordinator.building.BuildListener;
import org.morphogen.coordinator.building.MasterSeed;
import org.morphogen.coordinator.building.SnapshotBuilder;
import org.morphogen.coordinator.building.SnapshotPlan;
import org.morphogen.coordinator.building.TablePlan;
import org.morphogen.coordinator.building.cuckoo.LoadFactor;
import org.morphogen.coordinator.delta.RowPlace;
import org.morphogen.coordinator.feed.Address;
import org.morphogen.coordinator.feed.BlockChanges;
import org.morphogen.coordinator.membership.KnownNodes;
import org.morphogen.coordinator.membership.NodeLink;
import org.morphogen.coordinator.membership.NodeSighting;
import org.morphogen.coordinator.placement.AssignmentRecord;
import org.morphogen.coordinator.placement.NodeCapacity;
import org.morphogen.coordinator.placement.Placement;
import org.morphogen.coordinator.placement.SizedChunk;
import org.morphogen.coordinator.transfer.SnapshotLibrary;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.DeltaHeader;
import org.morphogen.epoch.Epoch;
import org.morphogen.epoch.GrownDictionaries;
import org.morphogen.row.Bytes32;
import org.morphogen.row.RowSchema;
import org.morphogen.snapshot.BlockInfo;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.SnapshotDirectory;
import org.morphogen.snapshot.TableManifest;
import org.morphogen.transport.TlsSettings;

/**
 * A party of fake nodes that hold a small snapshot, its books and a chain; leaders come and go. Nodes are polled only
 * when asked about, so nothing depends on a clock.
 */
final class FollowedParty implements AutoCloseable {
    static final long GENERATION = 5;
    private static final Pace QUICK = new Pace(Duration.ofMillis(50), Duration.ofMillis(20), Duration.ofMillis(300));
    private static final int PARTY = 0;
    private static final int ACCOUNTS = 700;
    private static final int CHUNK_ROWS = 128;
    private static final BlockInfo BASE = new BlockInfo(100, "0x" + "ab".repeat(32), "0x" + "cd".repeat(32));

    private SnapshotLibrary library;
    private final SnapshotDirectory snapshot;
    private final FakeChain chain;
    private final FakeBooks books;
    private final SortedMap<String, FakeNode> nodes = new TreeMap<>();
    private final Map<String, NodeLink> links = new ConcurrentSkipListMap<>();
    private final AssignmentRecord assignment;
    private final int windowEpochs;
    private final Duration deadline;
    private long term;
    private @Nullable ChainFollower leader;

    /** @param nodeCount two for each shard */
    FollowedParty(Path folder, int nodeCount, long seed, int windowEpochs, Duration deadline) {
        this.windowEpochs = windowEpochs;
        this.deadline = deadline;
        this.library = new SnapshotLibrary(folder);
        List<Address> accounts = accounts(seed);
        this.snapshot = build(folder, accounts);
        this.chain = new FakeChain(BASE, accounts, seed);
        List<NodeCapacity> capacities = new ArrayList<>();
        for (int i = 0; i < nodeCount; i++) {
            FakeNode node = new FakeNode("n" + i, PARTY).start();
            nodes.put(node.nodeId(), node);
            links.put(node.nodeId(), new NodeLink(node.registration(), TlsSettings.NONE, Thread::startVirtualThread));
            capacities.add(new NodeCapacity(node.nodeId(), node.registration().endpoint(), FakeNode.MEMORY_BYTES));
        }
        this.assignment =
                new AssignmentRecord(GENERATION, 1, Placement.place(capacities, SizedChunk.of(snapshot.manifest()), 2));
        this.books = new FakeBooks(snapshot.digest(), Epoch.base(0, snapshot.digest(), BASE), assignment);
        nodes.values().forEach(this::load);
    }

    static FollowedParty of(Path folder, int nodeCount, long seed) {
        return new FollowedParty(folder, nodeCount, seed, FakeNode.WINDOW_EPOCHS, Duration.ofSeconds(2));
    }

    FakeChain chain() {
        return chain;
    }

    FakeBooks books() {
        return books;
    }

    FakeNode node(int number) {
        return Optional.ofNullable(nodes.get("n" + number)).orElseThrow();
    }

    /** Makes a node hold its chunks at the snapshot's block, as if it had just loaded them. */
    void load(FakeNode node) {
        List<ChunkId> chunks = assignment
                .shardOf(node.nodeId())
                .map(shard -> List.copyOf(shard.chunks()))
                .orElse(List.of());
        node.hold(GENERATION, snapshot, chunks);
    }

    /** Starts a node that was killed. */
    void restart(int number) {
        FakeNode node = node(number).start();
        NodeLink old = links.put(
                node.nodeId(), new NodeLink(node.registration(), TlsSettings.NONE, Thread::startVirtualThread));
        if (old != null) {
            old.close();
        }
    }

    /** A leader of the next term begins. */
    void elect() {
        term++;
        NodeCalls calls = new NodeCalls(new Polled(), PARTY, term, deadline, StepWatch.NONE);
        ChainFollower next = new ChainFollower(GENERATION, () -> chain, books, calls, library, windowEpochs, QUICK);
        leader = next;
        next.start();
    }

    /** Leaders from now on find their snapshots there. */
    void moveSnapshots(Path folder) {
        library = new SnapshotLibrary(folder);
    }

    /** The leader is gone, in the middle of whatever it does. */
    void depose() {
        if (leader != null) {
            leader.close();
            leader = null;
        }
    }

    /** Waits until the leader has ended by itself. */
    void awaitEndOfLeader() throws InterruptedException {
        if (leader != null) {
            assertThat(leader.awaitEnd(Duration.ofSeconds(30))).isTrue();
        }
    }

    boolean sameShard(int one, int other) {
        return assignment.shardOf("n" + one).equals(assignment.shardOf("n" + other));
    }

    /** Fewest deltas that any node of another shard has taken in. */
    int takenByOthersThan(int number) {
        return nodes.values().stream()
                .filter(node -> !assignment.shardOf(node.nodeId()).equals(assignment.shardOf("n" + number)))
                .mapToInt(node -> node.epochs(GENERATION).taken())
                .min()
                .orElseThrow();
    }

    /** Gives a node so many deltas that lead on from where it stands, of blocks that are on nobody's chain. */
    void leadAstray(int number, int blocks) {
        HeldEpochs held = node(number).epochs(GENERATION);
        for (int i = 0; i < blocks; i++) {
            Epoch parent = held.head();
            String hash = "0x%064x".formatted(999_000 + i);
            DeltaHeader header = new DeltaHeader(
                    parent.digest(),
                    parent.number() + 1,
                    new BlockInfo(parent.block().number() + 1, hash, hash),
                    Bytes32.parse(parent.block().hash()),
                    List.of(),
                    List.of());
            held.apply(Delta.of(header, List.of()));
        }
    }

    static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(10));
    }

    /** Waits until the newest block is the head and these nodes, by number, can answer it. */
    void awaitHead(int... atHead) {
        List<String> ids =
                Arrays.stream(atHead).mapToObj(number -> "n" + number).toList();
        await().untilAsserted(() -> {
            assertThat(books.head().block()).isEqualTo(chain.head());
            assertThat(books.standing().atHead()).containsAll(ids);
        });
    }

    /** The window is whole, and these nodes stand at its head with the very rows that the blocks make, none taken twice. */
    void assertRight(int... whole) {
        HeldEpochs reference = reference();
        assertThat(books.head()).isEqualTo(reference.head());
        List<Epoch> window = books.window();
        for (int i = 1; i < window.size(); i++) {
            assertThat(window.get(i).number()).isEqualTo(window.get(i - 1).number() + 1);
            assertThat(window.get(i).block().number())
                    .isEqualTo(window.get(i - 1).block().number() + 1);
        }
        for (int number : whole) {
            HeldEpochs held = node(number).epochs(GENERATION);
            assertThat(held.head()).as("node n" + number).isEqualTo(reference.head());
            assertThat(held.digests()).as("rows of node n" + number).isEqualTo(subset(reference, held));
        }
    }

    private static Map<ChunkId, String> subset(HeldEpochs reference, HeldEpochs held) {
        Map<ChunkId, String> wanted = new TreeMap<>(reference.digests());
        wanted.keySet().retainAll(held.chunks());
        return wanted;
    }

    /** What a single machine without faults makes of the chain. */
    private HeldEpochs reference() {
        List<ChunkId> all =
                SizedChunk.of(snapshot.manifest()).stream().map(SizedChunk::id).toList();
        HeldEpochs alone = new HeldEpochs(snapshot, all, FakeNode.WINDOW_EPOCHS);
        DeltaBuilder builder = DeltaBuilder.open(snapshot);
        GrownDictionaries codes = GrownDictionaries.of(snapshot.manifest());
        for (BlockChanges block : chain.blocks()) {
            Epoch parent = alone.head();
            BuiltDelta built = builder.build(
                    parent,
                    codes,
                    block,
                    table -> places -> places.stream()
                            .map(place -> row(alone, table, place))
                            .toList());
            Delta delta = ((BuiltDelta.Whole) built).delta();
            codes = codes.plus(delta.header().dictionaries());
            alone.apply(delta);
        }
        return alone;
    }

    private static byte[] row(HeldEpochs alone, TableManifest table, RowPlace place) {
        Epoch head = alone.head();
        return alone.row(table, place.way(), place.row(), head.number(), head.mark());
    }

    @Override
    public void close() {
        depose();
        links.values().forEach(NodeLink::close);
        nodes.values().forEach(FakeNode::close);
    }

    private static List<Address> accounts(long seed) {
        Random random = new Random(seed);
        List<Address> accounts = new ArrayList<>();
        for (int i = 0; i < ACCOUNTS; i++) {
            byte[] bytes = new byte[Address.LENGTH];
            random.nextBytes(bytes);
            accounts.add(Address.of(bytes));
        }
        return accounts;
    }

    private static SnapshotDirectory build(Path folder, List<Address> accounts) {
        StringBuilder lines = new StringBuilder("address,balance\n");
        for (Address account : accounts) {
            lines.append("0x").append(HexFormat.of().formatHex(account.bytes())).append(",7\n");
        }
        try {
            Path csv = Files.writeString(folder.resolve("accounts.csv"), lines, StandardCharsets.UTF_8);
            TablePlan table = TablePlan.of("accounts", RowSchema.parse("account-32"), csv);
            SnapshotPlan plan = new SnapshotPlan(
                    BASE, List.of(table), MasterSeed.of(BASE), LoadFactor.USUAL, OptionalInt.of(CHUNK_ROWS));
            SnapshotBuilder.build(plan, folder.resolve("base"), BuildListener.SILENT);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return SnapshotDirectory.open(folder.resolve("base"));
    }

    /** Nodes as a poll would find them right now. */
    private final class Polled implements KnownNodes {
        @Override
        public SortedMap<String, NodeSighting> sightings() {
            SortedMap<String, NodeSighting> seen = new TreeMap<>();
            nodes.values().stream().filter(FakeNode::runs).forEach(node -> seen.put(node.nodeId(), node.sighting()));
            return seen;
        }

        @Override
        public Optional<NodeLink> link(String nodeId) {
            return Optional.ofNullable(links.get(nodeId));
        }
    }
}
