package org.morphogen.node.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.ChunkRef;
import org.morphogen.protocol.v1.EpochBinding;
import org.morphogen.protocol.v1.HoldRequest;
import org.morphogen.snapshot.ChunkId;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class WishReaderTest {
    @Test
    void readsAWish() {
        assertThat(WishReader.read(request(wish -> {})).chunks()).containsExactly(new ChunkId("t", 1, 2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", "../../../etc", "/tmp/x", "t\u0000", "t/../u", "T"})
    void aChunkIsNeverOutsideTheNodesFolder(String table) {
        refused("table", wish -> wish.setChunks(0, ChunkRef.newBuilder().setTable(table)));
    }

    @Test
    void numbersThatDoNotFitAreRefused() {
        refused("way", wish -> wish.getChunksBuilder(0).setWay(-1));
        refused("index", wish -> wish.getChunksBuilder(0).setIndex(-1));
        refused("generation", wish -> wish.setGeneration(-1));
        refused("assignment_version", wish -> wish.setAssignmentVersion(-1));
        refused("base_epoch", wish -> wish.getBaseEpochBuilder().setEpoch(-1));
        refused("number", wish -> wish.getBaseEpochBuilder().setBlockNumber(-1));
        refused("party", wish -> wish.setParty(-1));
    }

    @Test
    void whatIsNoSourceIsRefused() {
        refused("sources", wish -> wish.addSources("nowhere"));
        refused("sources", wish -> {
            for (int i = 0; i < 17; i++) {
                wish.addSources("127.0.0.1:" + (1000 + i));
            }
        });
    }

    private static void refused(String field, Consumer<HoldRequest.Builder> change) {
        MorphogenException refusal =
                catchThrowableOfType(MorphogenException.class, () -> WishReader.read(request(change)));
        assertThat(refusal).as(field).isNotNull();
        assertThat(refusal.reason()).isEqualTo(FailureReason.REQUEST_INVALID);
        assertThat(refusal).hasMessageContaining(field);
    }

    private static HoldRequest request(Consumer<HoldRequest.Builder> change) {
        ByteString hash = ByteString.copyFrom(new byte[32]);
        HoldRequest.Builder wish = HoldRequest.newBuilder()
                .setTerm(1)
                .setGeneration(3)
                .setSnapshotDigest(hash)
                .setBaseEpoch(EpochBinding.newBuilder().setBlockHash(hash).setStateRoot(hash))
                .setAssignmentVersion(1)
                .addChunks(ChunkRef.newBuilder().setTable("t").setWay(1).setIndex(2));
        change.accept(wish);
        return wish.build();
    }
}
