package org.morphogen.bench.follow;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.morphogen.bench.measure.Rounds;
import org.morphogen.coordinator.building.BuildListener;
import org.morphogen.coordinator.building.SnapshotBuilder;
import org.morphogen.deploy.cluster.ClusterPlan;
import org.morphogen.deploy.cluster.LocalCluster;
import org.morphogen.deploy.cluster.LocalParty;
import org.morphogen.deploy.cluster.PartyAdmin;
import org.morphogen.protocol.v1.ClusterView;
import org.morphogen.protocol.v1.ClusterViewServiceGrpc;
import org.morphogen.protocol.v1.WatchViewRequest;
import org.morphogen.settings.ByteSize;
import org.morphogen.transport.TlsSettings;
import org.morphogen.transport.Transport;

/** A party of real processes that follows a made-up chain, and a client that watches its view. */
public final class FollowBench implements AutoCloseable {
    private static final Duration READY_TIMEOUT = Duration.ofMinutes(3);
    private static final long HEAD_SECONDS = 60;
    private static final int MOST_PAUSE_MILLIS = 1000;
    private static final String SNAPSHOT = "made";

    private final MadeEthereum ethereum;
    private final LocalCluster cluster;
    private final ManagedChannel view;
    private final BlockingQueue<Long> heads = new LinkedBlockingQueue<>();
    private final SplittableRandom random = new SplittableRandom(2);
    private final HttpClient http = HttpClient.newHttpClient();

    /** Starts it with a snapshot of so many accounts, on so many nodes. {@code folder} is new. */
    public FollowBench(Path folder, int accounts, int nodes) throws IOException, InterruptedException {
        ethereum = new MadeEthereum(accounts);
        ByteSize memory = new ByteSize((64L << 20) + accounts * 40L);
        cluster = new LocalCluster(new ClusterPlan(ClusterPlan.ownLauncher(), folder, nodes, 1, memory));
        LocalParty party = cluster.party(0);
        Files.writeString(
                party.coordinatorSettings(), "ethereumNode: " + ethereum.url() + "\n", StandardOpenOption.APPEND);
        SnapshotBuilder.build(
                new MadeAccounts(accounts).plan(), party.snapshots().resolve(SNAPSHOT), BuildListener.SILENT);
        party.start();
        try (PartyAdmin admin = new PartyAdmin(party)) {
            admin.awaitNodes(nodes, READY_TIMEOUT);
            admin.publish(SNAPSHOT, progress -> {});
            admin.awaitAllReplicasReady(READY_TIMEOUT);
        }
        view = Transport.channel(party.coordinator(), TlsSettings.NONE, Thread::startVirtualThread);
        ClusterViewServiceGrpc.newStub(view).watch(WatchViewRequest.getDefaultInstance(), new Heads());
        await(0);
    }

    /**
     * Shows the party blocks in which so many accounts change, each some time after the one before was the head, and
     * measures how long each takes to be the head itself.
     *
     * @return the baseline is to fetch the same block's answers as plainly as can be
     */
    public Rounds blocksToHead(int changed, int warmUps, int rounds) throws Exception {
        List<Long> fetched = new ArrayList<>();
        List<Long> headed = new ArrayList<>();
        for (int round = -warmUps; round < rounds; round++) {
            MadeEthereum.Made block = ethereum.make(changed);
            // Wherever the party is between two looks at the node.
            Thread.sleep(random.nextInt(MOST_PAUSE_MILLIS));
            long begin = System.nanoTime();
            await(ethereum.show(block));
            long head = System.nanoTime();
            fetch();
            if (round >= 0) {
                headed.add(head - begin);
                fetched.add(System.nanoTime() - head);
            }
        }
        return new Rounds(fetched, headed);
    }

    private void fetch() throws IOException, InterruptedException {
        for (String request : ethereum.requests()) {
            http.send(
                    HttpRequest.newBuilder(ethereum.url())
                            .POST(HttpRequest.BodyPublishers.ofString(request))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
        }
    }

    private void await(long number) throws InterruptedException {
        while (true) {
            Long head = heads.poll(HEAD_SECONDS, TimeUnit.SECONDS);
            if (head == null) {
                throw new IllegalStateException("block " + number + " does not become the head");
            }
            if (head == number) {
                return;
            }
        }
    }

    @Override
    public void close() {
        view.shutdownNow();
        cluster.close();
        ethereum.close();
    }

    private final class Heads implements StreamObserver<ClusterView> {
        @Override
        public void onNext(ClusterView seen) {
            heads.add(seen.getServing().getHead().getBlockNumber());
        }

        @Override
        public void onError(Throwable failed) {
            // Whoever waits for a head will not get it.
        }

        @Override
        public void onCompleted() {
            // As above.
        }
    }
}
