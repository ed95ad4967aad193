package org.morphogen.coordinator.admin;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.morphogen.coordinator.digest.DigestRound;
import org.morphogen.coordinator.generation.GenerationControl;
import org.morphogen.coordinator.generation.GenerationRecord;
import org.morphogen.coordinator.membership.CoordinatorRegistration;
import org.morphogen.coordinator.transfer.SnapshotLibrary;
import org.morphogen.coordinator.view.PartyState;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.AbandonRequest;
import org.morphogen.protocol.v1.AdminServiceGrpc;
import org.morphogen.protocol.v1.ClusterView;
import org.morphogen.protocol.v1.DigestsPart;
import org.morphogen.protocol.v1.DigestsRequest;
import org.morphogen.protocol.v1.GenerationInfo;
import org.morphogen.protocol.v1.GenerationList;
import org.morphogen.protocol.v1.GenerationsRequest;
import org.morphogen.protocol.v1.NodeList;
import org.morphogen.protocol.v1.NodesRequest;
import org.morphogen.protocol.v1.PartyStatus;
import org.morphogen.protocol.v1.PublishProgress;
import org.morphogen.protocol.v1.PublishRequest;
import org.morphogen.protocol.v1.ServeRequest;
import org.morphogen.protocol.v1.StatusRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers administrators. Any coordinator answers questions; only the leader changes anything. Thread-safe. */
public final class AdminEndpoint extends AdminServiceGrpc.AdminServiceImplBase {
    private static final Logger LOG = LoggerFactory.getLogger(AdminEndpoint.class);

    private final PartyInsight party;
    private final SnapshotLibrary library;
    private final Supplier<Optional<GenerationControl>> control;
    private final Semaphore digesting = new Semaphore(1);

    /** @param control the leader's work, while this coordinator leads */
    public AdminEndpoint(PartyInsight party, SnapshotLibrary library, Supplier<Optional<GenerationControl>> control) {
        this.party = party;
        this.library = library;
        this.control = control;
    }

    @Override
    public void status(StatusRequest request, StreamObserver<PartyStatus> reply) {
        answer(reply, () -> {
            ClusterView view = party.currentView();
            Optional<CoordinatorRegistration> leader =
                    party.leader(control.get().isPresent());
            PartyStatus.Builder status = PartyStatus.newBuilder()
                    .setParty(party.paths().party())
                    .setCoordinatorId(party.coordinatorId())
                    .setLeaderId(
                            leader.map(CoordinatorRegistration::coordinatorId).orElse(""))
                    .setLeaderEndpoint(
                            leader.map(CoordinatorRegistration::endpoint).orElse(""))
                    .setTerm(party.leaders().term())
                    .setState(PartyState.of(view).name())
                    .setView(view)
                    .putAllStalled(party.stalled());
            party.staged().map(StagedReport::message).ifPresent(status::setStaged);
            return status.build();
        });
    }

    @Override
    public void nodes(NodesRequest request, StreamObserver<NodeList> reply) {
        answer(reply, () -> new NodeReport(party.sightings(), party.assignments()).list());
    }

    @Override
    public void generations(GenerationsRequest request, StreamObserver<GenerationList> reply) {
        answer(reply, () -> {
            GenerationList.Builder list = GenerationList.newBuilder();
            party.generations().forEach(record -> list.addGenerations(info(record)));
            return list.build();
        });
    }

    @Override
    public void publish(PublishRequest request, StreamObserver<PublishProgress> reply) {
        try {
            leading()
                    .publish(library.named(request.getSnapshot()), request.getAgain(), attempt(request))
                    .subscribe(reply);
        } catch (RuntimeException failure) {
            reply.onError(Failures.toStatus(known(failure)));
        }
    }

    @Override
    public void digests(DigestsRequest request, StreamObserver<DigestsPart> reply) {
        ServerCallStreamObserver<DigestsPart> caller = (ServerCallStreamObserver<DigestsPart>) reply;
        // Or a part for one who is gone is a failure.
        caller.setOnCancelHandler(() -> LOG.debug("Nobody waits for digests any more"));
        if (!digesting.tryAcquire()) {
            reply.onError(Failures.toStatus(
                    new MorphogenException(FailureReason.BUSY, "Another has digests made by this coordinator.")));
            return;
        }
        try {
            tellDigests(request, caller);
            reply.onCompleted();
        } catch (RuntimeException failure) {
            reply.onError(Failures.toStatus(known(failure)));
        } finally {
            digesting.release();
        }
    }

    private void tellDigests(DigestsRequest request, ServerCallStreamObserver<DigestsPart> caller) {
        ClusterView view = party.currentView();
        if (!view.hasServing()) {
            throw new MorphogenException(FailureReason.NOT_SERVING, "This party serves nothing yet.");
        }
        DigestRound round = new DigestRound(party.watch()::link, party.leaders().term(), view.getServing(), request);
        Object oneAtATime = new Object();
        caller.onNext(DigestsPart.newBuilder()
                .setStart(round.start(party.paths().party()))
                .build());
        round.run(
                chunk -> {
                    synchronized (oneAtATime) {
                        caller.onNext(DigestsPart.newBuilder().setChunk(chunk).build());
                    }
                },
                caller::isCancelled);
    }

    @Override
    public void serve(ServeRequest request, StreamObserver<GenerationInfo> reply) {
        answer(reply, () -> info(leading().serve(request.getGeneration())));
    }

    @Override
    public void abandon(AbandonRequest request, StreamObserver<GenerationInfo> reply) {
        answer(reply, () -> info(leading().abandon(request.getGeneration())));
    }

    private GenerationControl leading() {
        return control.get().orElseThrow(() -> party.leaders().notLeader(party.coordinatorId()));
    }

    private static String attempt(PublishRequest request) {
        if (request.getAttempt().length() > GenerationRecord.MAX_ATTEMPT_CHARS) {
            throw new MorphogenException(
                    FailureReason.REQUEST_INVALID,
                    "attempt: at most " + GenerationRecord.MAX_ATTEMPT_CHARS + " characters.");
        }
        return request.getAttempt();
    }

    private static GenerationInfo info(GenerationRecord record) {
        return GenerationInfo.newBuilder()
                .setGeneration(record.generation())
                .setState(record.state().name())
                .setSnapshotDigest(ByteString.copyFrom(record.snapshotDigest().bytes()))
                .setSnapshot(record.snapshot())
                .setBaseEpoch(record.base().binding())
                .setProblem(record.problem())
                .build();
    }

    private static <T> void answer(StreamObserver<T> reply, Supplier<T> question) {
        try {
            reply.onNext(question.get());
            reply.onCompleted();
        } catch (RuntimeException failure) {
            reply.onError(Failures.toStatus(known(failure)));
        }
    }

    private static MorphogenException known(RuntimeException failure) {
        if (failure instanceof MorphogenException known) {
            return known;
        }
        LOG.error("An administrator's call met a defect", failure);
        return new MorphogenException(FailureReason.INTERNAL, "The coordinator met a defect; its log tells more.");
    }
}
