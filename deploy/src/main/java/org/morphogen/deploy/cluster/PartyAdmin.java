package org.morphogen.deploy.cluster;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.AbandonRequest;
import org.morphogen.protocol.v1.AdminServiceGrpc;
import org.morphogen.protocol.v1.NodeInfo;
import org.morphogen.protocol.v1.NodesRequest;
import org.morphogen.protocol.v1.PartyStatus;
import org.morphogen.protocol.v1.PublishProgress;
import org.morphogen.protocol.v1.PublishRequest;
import org.morphogen.protocol.v1.StatusRequest;
import org.morphogen.transport.Limits;
import org.morphogen.transport.TlsSettings;
import org.morphogen.transport.Transport;

/** Asks one local party's coordinator, and waits for what is to come. Thread-safe. */
public final class PartyAdmin implements AutoCloseable {
    private static final int POLL_MILLIS = 50;
    private static final Duration PUBLISH_TIMEOUT = Duration.ofMinutes(5);

    private final LocalParty party;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final ManagedChannel channel;

    /** An admin of that party; nothing is asked yet. */
    public PartyAdmin(LocalParty party) {
        this.party = party;
        this.channel = Transport.channel(party.coordinator(), TlsSettings.NONE, executor);
    }

    /** Waits until there is a leader and this many nodes are alive and reachable. */
    public void awaitNodes(int count, Duration timeout) {
        awaitThat(count + " nodes and a leader", timeout, admin -> {
            PartyStatus status = admin.status(StatusRequest.getDefaultInstance());
            long alive = admin.nodes(NodesRequest.getDefaultInstance()).getNodesList().stream()
                    .filter(node -> node.getAlive() && node.getMemoryLimitBytes() > 0)
                    .filter(node -> !node.getState().equals("UNREACHABLE"))
                    .count();
            return !status.getLeaderId().isEmpty() && alive >= count;
        });
    }

    /** Waits until every replica of every shard of the served generation is ready. */
    public void awaitAllReplicasReady(Duration timeout) {
        awaitThat(
                "all replicas ready",
                timeout,
                admin -> allReplicasReady(admin.status(StatusRequest.getDefaultInstance())));
    }

    /** Waits until the view tells that some replica is not ready: a node's death has been noticed. */
    public void awaitReplicaMissed(Duration timeout) {
        awaitThat(
                "a replica to be missed",
                timeout,
                admin -> !allReplicasReady(admin.status(StatusRequest.getDefaultInstance())));
    }

    private static boolean allReplicasReady(PartyStatus status) {
        return status.getView().hasServing()
                && status.getView().getServing().getShardsList().stream()
                        .flatMap(shard -> shard.getReplicasList().stream())
                        .allMatch(replica -> replica.getReady());
    }

    /** The party as its coordinator sees it. */
    public PartyStatus status() {
        return stub(Limits.UNARY_DEADLINE).status(StatusRequest.getDefaultInstance());
    }

    /** The nodes as the coordinator sees them. */
    public List<NodeInfo> nodes() {
        return stub(Limits.UNARY_DEADLINE)
                .nodes(NodesRequest.getDefaultInstance())
                .getNodesList();
    }

    /** Publishes a snapshot and waits until it is served. */
    public void publish(String snapshot, Consumer<PublishProgress> progress) {
        try {
            Iterator<PublishProgress> stream = stub(PUBLISH_TIMEOUT)
                    .publish(PublishRequest.newBuilder().setSnapshot(snapshot).build());
            stream.forEachRemaining(progress);
        } catch (StatusRuntimeException failed) {
            throw Failures.fromStatus(who(), failed);
        }
    }

    /** Retires the generations that were served before, without waiting for clients to move on. */
    public void retireEarlier() {
        try {
            status().getView()
                    .getEarlierList()
                    .forEach(earlier -> stub(Limits.UNARY_DEADLINE)
                            .abandon(AbandonRequest.newBuilder()
                                    .setGeneration(earlier.getGeneration())
                                    .build()));
        } catch (StatusRuntimeException failed) {
            throw Failures.fromStatus(who(), failed);
        }
    }

    private void awaitThat(
            String what, Duration timeout, Predicate<AdminServiceGrpc.AdminServiceBlockingStub> condition) {
        long endNanos = System.nanoTime() + timeout.toNanos();
        String last = "no answer yet";
        while (System.nanoTime() < endNanos) {
            party.processes().forEach(ChildProcess::requireAlive);
            try {
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
                if (condition.test(stub(Duration.ofSeconds(2)))) {
                    return;
                }
                last = "not yet so";
            } catch (StatusRuntimeException notYet) {
                last = String.valueOf(notYet.getMessage());
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new MorphogenException(FailureReason.UNAVAILABLE, who() + ": interrupted.");
            }
        }
        throw new MorphogenException(
                FailureReason.UNAVAILABLE,
                who() + ": waited " + timeout.toSeconds() + " s in vain for " + what + " (" + last + ").");
    }

    private AdminServiceGrpc.AdminServiceBlockingStub stub(Duration deadline) {
        return AdminServiceGrpc.newBlockingStub(channel)
                .withWaitForReady()
                .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
    }

    private String who() {
        return "Party " + party.number();
    }

    @Override
    public void close() {
        channel.shutdownNow();
        executor.shutdownNow();
    }
}
