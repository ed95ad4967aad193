package org.morphogen.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.dpf.DpfDomain;
import org.morphogen.dpf.DpfKeyCodec;
import org.morphogen.dpf.DpfKeyGenerator;
import org.morphogen.protocol.v1.AnswerRows;
import org.morphogen.protocol.v1.ChunkRange;
import org.morphogen.protocol.v1.QueryAnswer;
import org.morphogen.protocol.v1.QueryRequest;
import org.morphogen.protocol.v1.WayKeys;
import org.morphogen.protocol.v1.WayRows;

/** What a lookup costs in bytes at the largest table that docs/protocol.md speaks of: 2^30 rows a way. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class QueryCostTest {
    /** Length-prefix of a gRPC message and header of the HTTP/2 frame around it. */
    private static final int GRPC_BYTES = 5 + 9;

    private static final DpfDomain ROWS = new DpfDomain(1L << 30);

    @Test
    void oneKeyOfOneWayTakesAtMost500BytesUp() {
        int bytes = request(1).getSerializedSize() + GRPC_BYTES;
        assertThat(bytes).isEqualTo(491).isLessThanOrEqualTo(500);
    }

    @Test
    void eachFurtherKeyTakesItsOwnLengthAndThreeBytes() {
        int one = request(1).getSerializedSize();
        int many = request(64).getSerializedSize();
        assertThat(many - one).isLessThanOrEqualTo(63 * (DpfKeyCodec.encodedBytes(ROWS.depth()) + 3) + 4);
    }

    @Test
    void oneRowComesDownForEachKey() {
        assertThat(answer(1, 32).getSerializedSize() + GRPC_BYTES).isEqualTo(32 + 31);
        assertThat(answer(64, 32).getSerializedSize() + GRPC_BYTES).isEqualTo(64 * 32 + 34);
    }

    /** With fields as long as they get in practice. */
    private static QueryRequest request(int keys) {
        WayKeys.Builder way = WayKeys.newBuilder()
                .setWay(2)
                .addChunks(ChunkRange.newBuilder().setFirst(16).setCount(16));
        DpfKeyGenerator generator = new DpfKeyGenerator(new SecureRandom());
        for (int i = 0; i < keys; i++) {
            byte[] key = DpfKeyCodec.encode(generator.generate(ROWS, i).party1());
            way.addKeys(ByteString.copyFrom(key));
        }
        return QueryRequest.newBuilder()
                .setQueryId(-1)
                .setGeneration(1000)
                .setEpoch(10_000_000)
                .setEpochMark(ByteString.copyFrom(new byte[16]))
                .setTable("accounts")
                .setDeadlineMillis(30_000)
                .addWays(way)
                .build();
    }

    private static QueryAnswer answer(int keys, int rowBytes) {
        return QueryAnswer.newBuilder()
                .setQueryId(-1)
                .setRows(AnswerRows.newBuilder()
                        .addWays(
                                WayRows.newBuilder().setWay(2).setRows(ByteString.copyFrom(new byte[keys * rowBytes]))))
                .build();
    }
}
