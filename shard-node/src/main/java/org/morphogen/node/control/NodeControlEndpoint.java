package org.morphogen.node.control;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.function.Supplier;
import org.morphogen.epoch.DeltaCodec;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.chunk.MemoryBudget;
import org.morphogen.node.generation.GenerationProgress;
import org.morphogen.node.generation.HeldDictionaries;
import org.morphogen.node.generation.HeldGenerations;
import org.morphogen.protocol.v1.ApplyPart;
import org.morphogen.protocol.v1.ApplyResponse;
import org.morphogen.protocol.v1.ChunkDigestsRequest;
import org.morphogen.protocol.v1.ChunkDigestsResponse;
import org.morphogen.protocol.v1.CopyPart;
import org.morphogen.protocol.v1.CopyRequest;
import org.morphogen.protocol.v1.DictionaryResponse;
import org.morphogen.protocol.v1.DropRequest;
import org.morphogen.protocol.v1.DropResponse;
import org.morphogen.protocol.v1.HeldGeneration;
import org.morphogen.protocol.v1.HoldRequest;
import org.morphogen.protocol.v1.HoldResponse;
import org.morphogen.protocol.v1.NodeControlServiceGrpc;
import org.morphogen.protocol.v1.NodeStatus;
import org.morphogen.protocol.v1.NodeStatusRequest;
import org.morphogen.protocol.v1.ReadDictionaryRequest;
import org.morphogen.protocol.v1.ReadRowsRequest;
import org.morphogen.protocol.v1.ReadRowsResponse;
import org.morphogen.protocol.v1.RecoverRequest;
import org.morphogen.protocol.v1.RecoverResponse;
import org.morphogen.protocol.v1.RewindRequest;
import org.morphogen.protocol.v1.RewindResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The control service: what the party's leader tells this node to hold, and how far it is. */
public final class NodeControlEndpoint extends NodeControlServiceGrpc.NodeControlServiceImplBase {
    private static final Logger log = LoggerFactory.getLogger(NodeControlEndpoint.class);

    private final Identity identity;
    private final HeldGenerations generations;
    private final EpochControl epochs;
    private final HeldDictionaries dictionaries;
    private final MemoryBudget budget;
    private final NodeCondition condition;

    /** What a status says of the node itself. */
    public record Identity(String nodeId, String engine) {}

    /** Controls {@code generations}. */
    public NodeControlEndpoint(
            Identity identity, HeldGenerations generations, MemoryBudget budget, NodeCondition condition) {
        this.identity = identity;
        this.generations = generations;
        this.epochs = new EpochControl(generations);
        this.dictionaries = new HeldDictionaries(generations);
        this.budget = budget;
        this.condition = condition;
    }

    @Override
    public void hold(HoldRequest request, StreamObserver<HoldResponse> caller) {
        answer(caller, () -> {
            generations.hold(term(request.getTerm()), WishReader.read(request));
            return HoldResponse.getDefaultInstance();
        });
    }

    @Override
    public void drop(DropRequest request, StreamObserver<DropResponse> caller) {
        answer(caller, () -> {
            generations.drop(term(request.getTerm()), request.getParty(), request.getGeneration());
            return DropResponse.getDefaultInstance();
        });
    }

    @Override
    public void status(NodeStatusRequest request, StreamObserver<NodeStatus> caller) {
        answer(caller, () -> {
            generations.requireTerm(term(request.getTerm()));
            return status();
        });
    }

    @Override
    public StreamObserver<ApplyPart> apply(StreamObserver<ApplyResponse> caller) {
        return new DeltaReceiver(caller, epochs::requireLeader, epochs::apply);
    }

    @Override
    public void rewind(RewindRequest request, StreamObserver<RewindResponse> caller) {
        answer(caller, () -> epochs.rewind(request));
    }

    @Override
    public void readRows(ReadRowsRequest request, StreamObserver<ReadRowsResponse> caller) {
        answer(caller, () -> epochs.read(request));
    }

    @Override
    public void readDictionary(ReadDictionaryRequest request, StreamObserver<DictionaryResponse> caller) {
        answer(caller, () -> {
            generations.requireTerm(term(request.getTerm()));
            return dictionaries.read(request.getDictionary());
        });
    }

    @Override
    public void chunkDigests(ChunkDigestsRequest request, StreamObserver<ChunkDigestsResponse> caller) {
        answer(caller, () -> epochs.digests(request));
    }

    @Override
    public void recover(RecoverRequest request, StreamObserver<RecoverResponse> caller) {
        answer(caller, () -> epochs.recover(request));
    }

    @Override
    public void copy(CopyRequest request, StreamObserver<CopyPart> caller) {
        begin(caller, () -> epochs.copy(request, (ServerCallStreamObserver<CopyPart>) caller));
    }

    private NodeStatus status() {
        NodeStatus.Builder status = NodeStatus.newBuilder()
                .setNodeId(identity.nodeId())
                .setState(condition.state().name())
                .setEngine(identity.engine())
                .setMemoryLimitBytes(budget.limitBytes())
                .setMemoryUsedBytes(budget.usedBytes());
        generations.progress().forEach(held -> status.addGenerations(held(held)));
        return status.build();
    }

    private static HeldGeneration held(GenerationProgress held) {
        HeldGeneration.Builder message = HeldGeneration.newBuilder()
                .setGeneration(held.wish().generation())
                .setSnapshotDigest(ByteString.copyFrom(held.wish().snapshot().bytes()))
                .setAssignmentVersion(held.wish().assignmentVersion())
                .setChunksWanted(held.wish().chunks().size())
                .setChunksReady(held.chunksReady())
                .setBytesWanted(held.bytesWanted())
                .setBytesReady(held.bytesReady())
                .setProblem(held.problem())
                .setWantsReplica(held.wantsReplica());
        held.window()
                .ifPresent(window ->
                        message.setHead(DeltaCodec.write(window.head())).setOldest(DeltaCodec.write(window.oldest())));
        return message.build();
    }

    private static long term(long term) {
        if (term < 0) {
            throw new MorphogenException(FailureReason.REQUEST_INVALID, "term: over 2^63 - 1.");
        }
        return term;
    }

    private static <T> void answer(StreamObserver<T> caller, Supplier<T> call) {
        begin(caller, () -> {
            caller.onNext(call.get());
            caller.onCompleted();
        });
    }

    /** A call that is answered once {@code call} has returned, unless it fails. */
    private static void begin(StreamObserver<?> caller, Runnable call) {
        try {
            call.run();
        } catch (MorphogenException refused) {
            caller.onError(Failures.toStatus(refused));
        } catch (RuntimeException defect) {
            log.error("A control call failed", defect);
            caller.onError(Failures.toStatus(new MorphogenException(
                    FailureReason.INTERNAL, "The node failed at this call; its log tells why.")));
        }
    }
}
