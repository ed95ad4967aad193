package org.morphogen.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.morphogen.coordinator.TestParty.PATIENCE;
import static org.morphogen.coordinator.TestParty.awaitThat;
import static org.morphogen.coordinator.TestParty.ready;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.coordinator.building.BuildListener;
import org.morphogen.coordinator.building.MasterSeed;
import org.morphogen.coordinator.building.SnapshotBuilder;
import org.morphogen.coordinator.building.SnapshotPlan;
import org.morphogen.coordinator.building.TablePlan;
import org.morphogen.coordinator.building.cuckoo.LoadFactor;
import org.morphogen.coordinator.feed.Chains;
import org.morphogen.coordinator.feed.FakeEthereumNode;
import org.morphogen.epoch.DeltaCodec;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.AbandonRequest;
import org.morphogen.protocol.v1.ClusterView;
import org.morphogen.protocol.v1.ClusterViewServiceGrpc;
import org.morphogen.protocol.v1.EpochBinding;
import org.morphogen.protocol.v1.GenerationInfo;
import org.morphogen.protocol.v1.PartyStatus;
import org.morphogen.protocol.v1.PublishProgress;
import org.morphogen.protocol.v1.Replica;
import org.morphogen.protocol.v1.ServeRequest;
import org.morphogen.protocol.v1.ServedGeneration;
import org.morphogen.protocol.v1.StagedGeneration;
import org.morphogen.protocol.v1.WatchViewRequest;
import org.morphogen.row.RowSchema;
import org.morphogen.snapshot.BlockInfo;
import org.morphogen.transport.TlsSettings;
import org.morphogen.transport.Transport;

/** A newer snapshot that is published while the party follows the chain. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class CatchingUpTest {
    private static final int WINDOW = 16;
    private static final BlockInfo OLD = Chains.info('a', 10);
    private static final BlockInfo NEW = Chains.info('a', 20);
    private static final List<Chains.Block> TO_40 = Chains.branch('a', Chains.info('a', 0), 40);
    private static final List<Chains.Block> TO_45 = Chains.branch('a', Chains.info('a', 0), 45);

    @TempDir
    Path folder;

    private final Queue<ClusterView> views = new ConcurrentLinkedQueue<>();
    private FakeEthereumNode ethereum;
    private TestParty party;
    private List<FakeNode> nodes;
    private Optional<ManagedChannel> watching = Optional.empty();

    /** The generation of block 10 is served at block 40. */
    @BeforeEach
    void startParty() throws IOException {
        ethereum = new FakeEthereumNode();
        ethereum.serve(TO_40);
        party = new TestParty(folder);
        party.follow(ethereum.url(), WINDOW);
        writeSnapshot("old", OLD);
        writeSnapshot("new", NEW);
        watch(party.startCoordinator("c1"));
        nodes = party.startNodes("n1", "n2");
        party.publish("old");
        awaitServed("c1", 1, 40);
    }

    @AfterEach
    void stopParty() {
        watching.ifPresent(ManagedChannel::shutdownNow);
        party.close();
        ethereum.close();
    }

    @Test
    void theNewGenerationIsServedWhenItHasComeToTheBlockOfTheOldOne() {
        CompletableFuture<PublishProgress> publication = party.publishInBackground("new");

        assertThat(publication).succeedsWithin(PATIENCE);
        ClusterView view = awaitServed("c1", 2, 40);
        assertThat(ready(view)).containsExactly("n1", "n2");
        assertNeverBehind(40);
        assertThat(nodes.getFirst().epochs(2).taken()).as("each block once").isEqualTo(20);
    }

    @Test
    void theOldOneFollowsOnForThoseWhoseOtherPartyHasNotMovedYet() {
        party.publish("new");
        ServedGeneration before = awaitServed("c1", 2, 40).getEarlier(0);
        assertThat(before.getGeneration()).isEqualTo(1);
        assertThat(before.getHead().getBlockNumber()).isEqualTo(40);
        assertThat(before.getWindowList()).hasSize(WINDOW);

        ethereum.serve(TO_45);

        party.awaitView(
                "c1",
                view -> blockOf(view) == 45
                        && view.getEarlierCount() == 1
                        && view.getEarlier(0).getHead().getBlockNumber() == 45
                        && allReady(view.getEarlier(0)));
        party.awaitGeneration(1, "RETIRED");
        assertThat(party.awaitView("c1", view -> view.getEarlierCount() == 0)
                        .getServing()
                        .getGeneration())
                .isEqualTo(2);
        awaitThat(
                "the drop",
                () -> Optional.of(nodes.getFirst())
                        .filter(node -> node.heldGenerations().equals(List.of(2L))));
    }

    @Test
    void whileItCannotFollowTheOldOneIsServedAndEveryCoordinatorSaysWhy() {
        party.startCoordinator("c2");
        ethereum.refuseTraces(number -> number < 30);
        CompletableFuture<PublishProgress> publication = party.publishInBackground("new");

        for (String coordinator : List.of("c1", "c2")) {
            StagedGeneration staged = awaitStalled(coordinator, "refused the trace of block 21");
            assertThat(staged.getPhase()).isEqualTo("CATCHING_UP");
            assertThat(staged.getHead().getBlockNumber()).isEqualTo(20);
            assertThat(staged.getChunksReady()).isEqualTo(staged.getChunksWanted());
        }
        ethereum.serve(TO_45);
        assertThat(awaitServed("c1", 1, 45).getServing().getStalled()).isEmpty();
        assertThat(publication).isNotDone();

        assertThat(abandon(2).getState()).isEqualTo("FAILED");
        assertThat(publication).failsWithin(PATIENCE);
        awaitThat(
                "the drop",
                () -> Optional.of(nodes.getFirst())
                        .filter(node -> node.heldGenerations().equals(List.of(1L))));
        assertThat(party.awaitStatus("c2", status -> !status.hasStaged())
                        .getView()
                        .getServing()
                        .getGeneration())
                .isEqualTo(1);
    }

    @Test
    void anOperatorMayHaveItServedAsItIs() {
        ethereum.refuseTraces(number -> number < 30);
        CompletableFuture<PublishProgress> publication = party.publishInBackground("new");
        awaitStalled("c1", "historical state is not available");

        assertThat(serve(2).getState()).isEqualTo("SERVING");
        assertThat(serve(2)).as("asked for again").isEqualTo(generation(2));

        ClusterView view = awaitServed("c1", 2, 20);
        assertThat(view.getServing().getStalled())
                .as("for everybody")
                .isEqualTo("No blocks come from the Ethereum node.");
        assertThat(party.status("c1").getStalledOrThrow(2))
                .as("for administrators")
                .contains("refused the trace")
                .contains("127.0.0.1");
        assertThat(view.getEarlier(0).getHead().getBlockNumber()).isEqualTo(40);
        assertThat(publication).succeedsWithin(PATIENCE);
    }

    @Test
    void whatCannotBeServedOrGivenUpIsRefusedWithTheReason() {
        assertRefused(() -> serve(7), "is not being published");
        assertRefused(() -> abandon(1), "is the one that is served");
        assertRefused(() -> abandon(7), "is not known");
        nodes.forEach(node -> node.setLoading(false));
        CompletableFuture<PublishProgress> publication = party.publishInBackground("new");
        awaitThat(
                "the hold",
                () -> Optional.of(nodes.getFirst())
                        .filter(node -> node.heldGenerations().contains(2L)));

        assertRefused(() -> serve(2), "cannot be served yet");
        assertThat(abandon(2).getState()).isEqualTo("FAILED");
        assertThat(abandon(2)).as("asked for again").isEqualTo(generation(2));
        assertThat(publication).failsWithin(PATIENCE);
    }

    @Test
    void theOldOneMayBeRetiredAtOnce() {
        party.publish("new");

        assertThat(abandon(1).getState()).isEqualTo("RETIRED");
        assertThat(abandon(1)).as("asked for again").isEqualTo(generation(1));
        assertRefused(() -> serve(1), "is not being published");
        assertThat(awaitServed("c1", 2, 40).getEarlierList()).isEmpty();
    }

    @Test
    void aSnapshotOfABlockThatIsNotOnTheChainIsNotServed() {
        writeSnapshot("stray", Chains.info('b', 30));
        CompletableFuture<PublishProgress> publication = party.publishInBackground("stray");

        assertThat(awaitStalled("c1", "is not on the chain").getStalled())
                .contains("The snapshot's block 30 ")
                .contains("Build a snapshot of a block of that chain");
        assertThat(party.view("c1").getServing().getGeneration()).isEqualTo(1);
        abandon(2);
        assertThat(publication).failsWithin(PATIENCE);
    }

    @Test
    void aSnapshotOfABlockThatTheNodeDoesNotHaveYetWaitsForIt() {
        writeSnapshot("future", Chains.info('a', 43));
        CompletableFuture<PublishProgress> publication = party.publishInBackground("future");
        awaitStalled("c1", "does not have block 43");

        ethereum.serve(TO_45);

        assertThat(publication).succeedsWithin(PATIENCE);
        awaitServed("c1", 2, 45);
        assertNeverBehind(40);
    }

    @Test
    void whereTheOldOneStandsStillTheNewOneComesToTheNewestBlockOfTheChain() {
        // Deeper than the window, and to a shorter chain than before.
        ethereum.serve(Chains.joined(TO_40.subList(0, 20), Chains.branch('c', Chains.info('a', 20), 38)));
        party.awaitView("c1", view -> !view.getServing().getStalled().isEmpty());

        party.publish("new");

        ClusterView view = awaitServed("c1", 2, 38);
        assertThat(epoch(view.getServing().getHead()).block()).isEqualTo(Chains.info('c', 38));
        assertThat(views.stream().filter(seen -> seen.getServing().getGeneration() == 2))
                .as("not served before it had come there")
                .allSatisfy(seen -> assertThat(blockOf(seen)).isEqualTo(38));
    }

    @Test
    void aReorganisationWhileItCatchesUpIsFollowed() {
        haltAt(30);
        CompletableFuture<PublishProgress> publication = party.publishInBackground("new");
        awaitStaged("c1", 30);

        ethereum.serve(Chains.joined(TO_40.subList(0, 27), Chains.branch('c', Chains.info('a', 27), 41)));
        ethereum.refuseTraces(number -> false);

        assertThat(publication).succeedsWithin(PATIENCE);
        ClusterView view = awaitServed("c1", 2, 41);
        assertThat(epoch(view.getServing().getHead()).block()).isEqualTo(Chains.info('c', 41));
        // Perhaps it comes there a moment later.
        awaitThat(
                "the old one",
                () -> views.stream()
                        .flatMap(seen -> seen.getEarlierList().stream())
                        .filter(earlier -> epoch(earlier.getHead()).block().equals(Chains.info('c', 41)))
                        .findFirst());
    }

    @Test
    void anotherLeaderGoesOnWhereTheOneBeforeWas() {
        haltAt(30);
        CompletableFuture<PublishProgress> publication = party.publishInBackground("new");
        awaitStaged("c1", 30);
        Epoch reached = nodes.getFirst().epochs(2).head();

        party.killCoordinator("c1");
        watch(party.startCoordinator("c2"));
        party.awaitLeader();
        assertThat(epoch(awaitStaged("c2", 30).getHead())).isEqualTo(reached);
        ethereum.refuseTraces(number -> false);

        awaitServed("c2", 2, 40);
        assertNeverBehind(40);
        assertThat(nodes)
                .allSatisfy(node ->
                        assertThat(node.epochs(2).taken()).as("each block once").isEqualTo(20));
        publication.cancel(true);
    }

    @Test
    void aNewLeaderShowsTheServedOneWhileAnEarlierOneIsFarBehind() {
        party.publish("new");
        ServedGeneration before = awaitServed("c1", 2, 40).getEarlier(0);
        party.killCoordinator("c1");
        CountDownLatch gate = new CountDownLatch(1);
        nodes.forEach(node -> {
            node.epochControl().beforeApplyTo(1, gate::await);
            node.epochs(1).rewind(epoch(before.getWindow(1)).digest());
        });

        ethereum.serve(TO_45);
        party.keepSuperseded(Duration.ofMinutes(5));
        watch(party.startCoordinator("c2"));

        ClusterView view = party.awaitView(
                "c2", now -> blockOf(now) == 45 && allReady(now.getServing()) && now.getEarlierCount() == 1);
        assertThat(view.getEarlier(0).getShardsList())
                .allSatisfy(shard -> assertThat(shard.getReplicasList()).noneMatch(Replica::getReady));
        gate.countDown();
    }

    @Test
    void aNodeThatIsAwayForAWhileIsWaitedFor() {
        haltAt(30);
        CompletableFuture<PublishProgress> publication = party.publishInBackground("new");
        awaitStaged("c1", 30);

        nodes.getFirst().kill();
        ethereum.refuseTraces(number -> false);
        awaitStalled("c1", "Node n1 is not at block");
        party.startNode("n1");

        assertThat(publication).succeedsWithin(PATIENCE);
        assertThat(ready(awaitServed("c1", 2, 40))).containsExactly("n1", "n2");
        assertNeverBehind(40);
    }

    @Test
    void aNodeThatStaysAwayFailsThePublicationAndTheOldOneIsServed() {
        haltAt(30);
        CompletableFuture<PublishProgress> publication = party.publishInBackground("new");
        awaitStaged("c1", 30);

        nodes.getFirst().kill();

        assertThat(publication).failsWithin(PATIENCE);
        party.awaitGeneration(2, "FAILED");
        ethereum.refuseTraces(number -> false);
        ethereum.serve(TO_45);
        assertThat(ready(awaitServed("c1", 1, 45))).containsExactly("n2");
    }

    /** The state after that block, as the chain of its branch makes it. */
    private void writeSnapshot(String name, BlockInfo block) {
        StringBuilder lines = new StringBuilder("address,balance\n");
        for (long number = 1; number <= block.number(); number++) {
            lines.append(Chains.address(number)).append(",97\n");
        }
        try {
            Path csv = Files.writeString(folder.resolve(name + ".csv"), lines, StandardCharsets.UTF_8);
            TablePlan table = TablePlan.of("accounts", RowSchema.parse("account-64"), csv);
            SnapshotBuilder.build(
                    new SnapshotPlan(
                            block, List.of(table), MasterSeed.of(block), LoadFactor.USUAL, OptionalInt.of(128)),
                    party.snapshots().resolve(name),
                    BuildListener.SILENT);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** What comes after that block cannot be traced, but for what the old generation still needs. */
    private void haltAt(long block) {
        ethereum.refuseTraces(number -> number > block && number <= 40);
    }

    private void watch(Coordinator coordinator) {
        watching.ifPresent(ManagedChannel::shutdownNow);
        ManagedChannel channel =
                Transport.channel(coordinator.endpoint(), TlsSettings.NONE, Thread::startVirtualThread);
        watching = Optional.of(channel);
        ClusterViewServiceGrpc.newStub(channel).watch(WatchViewRequest.getDefaultInstance(), new Watcher(views));
    }

    /** Since it was at that block first, no view has told an older one. */
    private void assertNeverBehind(long block) {
        List<Long> blocks = views.stream().map(CatchingUpTest::blockOf).toList();
        assertThat(blocks).contains(block);
        assertThat(blocks.subList(blocks.indexOf(block), blocks.size())).allMatch(seen -> seen >= block);
    }

    private ClusterView awaitServed(String coordinator, long generation, long block) {
        return party.awaitView(
                coordinator,
                view -> view.getServing().getGeneration() == generation
                        && blockOf(view) == block
                        && (allReady(view.getServing()) || party.generations().size() > 1));
    }

    private StagedGeneration awaitStaged(String coordinator, long block) {
        return party.awaitStatus(
                        coordinator, status -> status.getStaged().getHead().getBlockNumber() == block)
                .getStaged();
    }

    private StagedGeneration awaitStalled(String coordinator, String why) {
        PartyStatus status = party.awaitStatus(
                coordinator, now -> now.getStaged().getStalled().contains(why));
        return status.getStaged();
    }

    private GenerationInfo generation(long number) {
        return party.generations().stream()
                .filter(info -> info.getGeneration() == number)
                .findFirst()
                .orElseThrow();
    }

    private GenerationInfo serve(long generation) {
        return party.admin()
                .askLeader(stub -> stub.serve(
                        ServeRequest.newBuilder().setGeneration(generation).build()));
    }

    private GenerationInfo abandon(long generation) {
        return party.admin()
                .askLeader(stub -> stub.abandon(
                        AbandonRequest.newBuilder().setGeneration(generation).build()));
    }

    private static void assertRefused(Runnable call, String why) {
        MorphogenException refusal = catchThrowableOfType(MorphogenException.class, call::run);
        assertThat(refusal).isNotNull().hasMessageContaining(why);
        assertThat(refusal.reason()).isEqualTo(FailureReason.REQUEST_INVALID);
    }

    private static boolean allReady(ServedGeneration served) {
        return served.getShardsList().stream()
                .allMatch(shard -> shard.getReplicasList().stream().allMatch(replica -> replica.getReady()));
    }

    private static long blockOf(ClusterView view) {
        return view.getServing().getHead().getBlockNumber();
    }

    private static Epoch epoch(EpochBinding binding) {
        return DeltaCodec.read(binding);
    }

    private record Watcher(Queue<ClusterView> seen) implements StreamObserver<ClusterView> {
        @Override
        public void onNext(ClusterView view) {
            seen.add(view);
        }

        @Override
        public void onError(Throwable ended) {}

        @Override
        public void onCompleted() {}
    }
}
