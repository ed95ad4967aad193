package org.morphogen.node.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.DeltaHeader;
import org.morphogen.epoch.DictionaryGrowth;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.engine.ScalarEngine;
import org.morphogen.node.fixture.MadeSnapshot;
import org.morphogen.node.fixture.QueryNode;
import org.morphogen.node.fixture.SnapshotServer;
import org.morphogen.node.fixture.TableSpec;
import org.morphogen.protocol.v1.DictionaryRequest;
import org.morphogen.protocol.v1.DictionaryResponse;
import org.morphogen.protocol.v1.QueryServiceGrpc;
import org.morphogen.row.Bytes32;
import org.morphogen.snapshot.BlockInfo;
import org.morphogen.transport.TlsSettings;
import org.morphogen.transport.Transport;

/** Callers that ask for a dictionary, in parts of 512 KiB, and do not take it; the node keeps 3 MiB. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class UnreadDictionariesTest {
    private static final long SEED = Long.getLong("morphogen.seed", 20261205);
    private static final long MAX_UNREAD_BYTES = 3 << 20;
    private static final int PART_CODES = (512 << 10) / Bytes32.LENGTH;
    private static final int MORE_THAN_FIT = 8;
    private static final int SNAPSHOT_CODES = 2;

    @TempDir
    private Path folder;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private QueryNode node;
    private ManagedChannel channel;
    private DictionaryRequest request;

    @BeforeEach
    void startNode() {
        MadeSnapshot snapshot = MadeSnapshot.make(
                folder.resolve("snapshot"), SEED, new TableSpec("t", 32, 1, 128, 128, SNAPSHOT_CODES));
        node = new QueryNode(
                0, folder.resolve("node"), new ScalarEngine(), new QueryLimits(64, 4096, 64, MAX_UNREAD_BYTES));
        try (SnapshotServer server = new SnapshotServer(snapshot.folder())) {
            node.holder().generations().hold(1, snapshot.wish(0, 1, server.endpoint()));
            node.holder().awaitComplete(1);
        }
        Delta growth = growth(snapshot.base());
        node.holder()
                .generations()
                .find(1)
                .orElseThrow()
                .keeper()
                .orElseThrow()
                .apply(growth, Set.copyOf(snapshot.chunkIds()));
        Epoch head = growth.header().epoch();
        request = DictionaryRequest.newBuilder()
                .setGeneration(1)
                .setEpoch(head.number())
                .setEpochMark(ByteString.copyFrom(head.mark()))
                .setTable("t")
                .setFirst(SNAPSHOT_CODES)
                .build();
        channel = Transport.channel(node.endpoint(), TlsSettings.NONE, executor);
    }

    private Delta growth(Epoch base) {
        List<Bytes32> codes = Stream.generate(this::hash).limit(PART_CODES).toList();
        return Delta.of(
                new DeltaHeader(
                        base.digest(),
                        base.number() + 1,
                        new BlockInfo(base.number() + 1, hash().toString(), hash().toString()),
                        Bytes32.parse(base.block().hash()),
                        List.of(new DictionaryGrowth("t", codes)),
                        List.of()),
                List.of());
    }

    private Bytes32 hash() {
        byte[] hash = new byte[Bytes32.LENGTH];
        random.nextBytes(hash);
        return Bytes32.of(hash);
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        node.close();
        executor.shutdownNow();
    }

    @Test
    void partsThatAreNotTakenAreBounded() {
        List<ClientCall<DictionaryRequest, DictionaryResponse>> calls = new ArrayList<>();
        ManagedChannel slow = smallWindow();
        try {
            for (int i = 0; i < MORE_THAN_FIT; i++) {
                calls.add(askWithoutReading(slow));
            }
            await().until(this::isRefused);

            calls.forEach(call -> call.cancel("test", null));

            await().until(() -> !isRefused());
        } finally {
            slow.shutdownNow();
        }
    }

    /** A window that stays as it is, and holds less than a part. */
    private ManagedChannel smallWindow() {
        return NettyChannelBuilder.forAddress(
                        node.endpoint().host(), node.endpoint().port())
                .usePlaintext()
                .executor(executor)
                .flowControlWindow(64 << 10)
                .build();
    }

    @Test
    void partsThatAreTakenCountNoMore() {
        for (int i = 0; i < 3 * MORE_THAN_FIT; i++) {
            assertThat(QueryServiceGrpc.newBlockingStub(channel)
                            .dictionary(request)
                            .getSerializedSize())
                    .isGreaterThan(PART_CODES * Bytes32.LENGTH);
        }
    }

    private ClientCall<DictionaryRequest, DictionaryResponse> askWithoutReading(ManagedChannel slow) {
        ClientCall<DictionaryRequest, DictionaryResponse> call =
                slow.newCall(QueryServiceGrpc.getDictionaryMethod(), CallOptions.DEFAULT);
        call.start(new ClientCall.Listener<>() {}, new Metadata());
        call.sendMessage(request);
        call.halfClose();
        return call;
    }

    private boolean isRefused() {
        StatusRuntimeException refused = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> QueryServiceGrpc.newBlockingStub(channel).dictionary(request));
        if (refused == null) {
            return false;
        }
        MorphogenException why = Failures.fromStatus("node", refused);
        assertThat(why.reason()).isEqualTo(FailureReason.BUSY);
        assertThat(why.facts()).containsKey("retryAfterMillis");
        return true;
    }
}
