package org.morphogen.bench.endtoend;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.morphogen.bench.measure.Rounds;
import org.morphogen.bench.scan.CarouselBench;
import org.morphogen.deploy.cluster.ClusterPlan;
import org.morphogen.deploy.cluster.LocalCluster;
import org.morphogen.deploy.cluster.LocalParty;
import org.morphogen.deploy.cluster.PartyAdmin;
import org.morphogen.dpf.DpfKeyCodec;
import org.morphogen.dpf.DpfKeyGenerator;
import org.morphogen.epoch.Epoch;
import org.morphogen.protocol.v1.ChunkRange;
import org.morphogen.protocol.v1.EpochBinding;
import org.morphogen.protocol.v1.QueryRequest;
import org.morphogen.protocol.v1.WayKeys;
import org.morphogen.settings.ByteSize;
import org.morphogen.snapshot.ChunkGeometry;
import org.morphogen.transport.Endpoint;

/** Lookups over loopback gRPC to a node process of a real party, which holds one shard. */
public final class EndToEndBench implements AutoCloseable {
    private static final int STREAMS = 4;
    private static final int IN_FLIGHT = 192;
    private static final int WAYS = 3;
    private static final int DIFFERENT_QUERIES = 512;
    private static final Duration READY_TIMEOUT = Duration.ofMinutes(3);
    private static final int ANSWER_SECONDS = 60;
    private static final long REFUSED_NANOS = TimeUnit.SECONDS.toNanos(ANSWER_SECONDS);
    private static final String SNAPSHOT = "noise";

    private final LocalCluster cluster;
    private final NodeLoad load;
    private final List<QueryRequest> queries = new ArrayList<>();

    /**
     * Starts one party with one node and waits until it serves. Half of the cores' work, the other party's, would be
     * done elsewhere; so that party is not started.
     *
     * @param folder new, for all that the processes write
     */
    public EndToEndBench(Path folder, String engine, int rowBytes, long bytes) throws IOException {
        ByteSize memory = new ByteSize(bytes + (64L << 20));
        cluster = new LocalCluster(new ClusterPlan(ClusterPlan.ownLauncher(), folder, 1, 1, memory));
        LocalParty party = cluster.party(0);
        Files.writeString(party.nodeSettings(0), "engine: " + engine + "\n", StandardOpenOption.APPEND);
        Path snapshot = party.snapshots().resolve(SNAPSHOT);
        ChunkGeometry geometry = RandomSnapshot.write(snapshot, rowBytes, bytes);
        party.start();
        try (PartyAdmin admin = new PartyAdmin(party)) {
            admin.awaitNodes(1, READY_TIMEOUT);
            admin.publish(SNAPSHOT, progress -> {});
            admin.awaitAllReplicasReady(READY_TIMEOUT);
            var serving = admin.status().getView().getServing();
            String address = serving.getShards(0).getReplicas(0).getEndpoint();
            prepareQueries(geometry, serving.getGeneration(), serving.getHead());
            load = new NodeLoad(Endpoint.parse(address), STREAMS);
        }
    }

    private void prepareQueries(ChunkGeometry geometry, long generation, EpochBinding epoch) {
        DpfKeyGenerator generator = new DpfKeyGenerator(new SecureRandom());
        for (int i = 0; i < DIFFERENT_QUERIES; i++) {
            QueryRequest.Builder request = QueryRequest.newBuilder()
                    .setGeneration(generation)
                    .setEpoch(epoch.getEpoch())
                    .setEpochMark(epoch.getDigest().substring(0, Epoch.MARK_BYTES))
                    .setTable(RandomSnapshot.TABLE);
            for (int way = 0; way < WAYS; way++) {
                long row = ThreadLocalRandom.current().nextLong(geometry.rowsPerWay());
                var key = generator.generate(geometry.domain(), row).party0();
                request.addWays(WayKeys.newBuilder()
                        .setWay(way)
                        .addChunks(ChunkRange.newBuilder().setCount(geometry.chunksPerWay()))
                        .addKeys(ByteString.copyFrom(DpfKeyCodec.encode(key))));
            }
            queries.add(request.build());
        }
    }

    private QueryRequest anyQuery() {
        return queries.get(ThreadLocalRandom.current().nextInt(queries.size()));
    }

    /** Lookups one after another, each beside a bare scan of as much memory in this process: baseline the scan. */
    public Rounds atRest(CarouselBench.Turns bare, int rounds) throws Exception {
        return Rounds.run(5, rounds, bare::turn, this::oneLookup);
    }

    /** The median of some bare scans, at a time when nobody asks. */
    public double bareScanMillis(CarouselBench.Turns bare) throws Exception {
        return Rounds.run(1, 5, bare::turn, bare::turn).subjectMillis().median();
    }

    private boolean oneLookup() throws Exception {
        CompletableFuture<Boolean> answered = new CompletableFuture<>();
        load.ask(anyQuery(), answered::complete);
        if (!answered.get(ANSWER_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("a lookup failed: " + load.lastFailure());
        }
        return true;
    }

    /** Lookups a second with as many in flight as fit aboard. */
    public double saturated(Duration warmUp, Duration time) throws InterruptedException {
        AtomicLong done = new AtomicLong();
        Semaphore room = new Semaphore(IN_FLIGHT);
        long begin = System.nanoTime();
        long counted = begin + warmUp.toNanos();
        long end = counted + time.toNanos();
        while (System.nanoTime() < end) {
            room.acquire();
            load.ask(anyQuery(), well -> {
                long now = System.nanoTime();
                if (well && now >= counted && now < end) {
                    done.incrementAndGet();
                }
                room.release();
            });
        }
        if (!room.tryAcquire(IN_FLIGHT, ANSWER_SECONDS, TimeUnit.SECONDS)) {
            throw unanswered();
        }
        return done.get() / (time.toNanos() / 1e9);
    }

    /**
     * Latencies in nanoseconds under that many lookups a second. One that was refused counts as if its answer had come
     * after a minute, so that refusing does not look fast.
     */
    public Histogram under(double perSecond, Duration time) throws InterruptedException {
        OpenLoop loop =
                new OpenLoop(whenDone -> load.ask(anyQuery(), whenDone), System::nanoTime, LockSupport::parkNanos);
        loop.run(perSecond, time.toNanos(), System.nanoTime());
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(ANSWER_SECONDS);
        while (load.waiting() > 0) {
            if (System.nanoTime() > end) {
                throw unanswered();
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
        Histogram latency = loop.latencyNanos();
        latency.recordValueWithCount(REFUSED_NANOS, loop.failed());
        return latency;
    }

    /** How many of these lookups were refused. */
    public static long refused(Histogram latency) {
        return latency.getCountBetweenValues(REFUSED_NANOS, latency.getMaxValue());
    }

    private IllegalStateException unanswered() {
        return new IllegalStateException(
                load.waiting() + " lookups have no answer after " + ANSWER_SECONDS + " s: " + load.lastFailure());
    }

    @Override
    public void close() {
        load.close();
        cluster.close();
    }
}
