package org.morphogen.client.party;

import com.google.protobuf.ByteString;
import org.morphogen.dpf.DpfDomain;
import org.morphogen.dpf.DpfEvaluator;
import org.morphogen.dpf.DpfKey;
import org.morphogen.dpf.DpfKeyCodec;
import org.morphogen.protocol.v1.AnswerRows;
import org.morphogen.protocol.v1.ChunkRange;
import org.morphogen.protocol.v1.QueryRequest;
import org.morphogen.protocol.v1.WayKeys;
import org.morphogen.protocol.v1.WayRows;

/**
 * Answers queries from a snapshot, for one party, in a plain loop. Refuses keys of the other party, so that a client
 * that mixes them up is found out. Thread-safe.
 */
public record Matrix(int party, FakeSnapshot snapshot) {
    AnswerRows answer(QueryRequest query) {
        FakeTable table = snapshot.table(query.getTable());
        AnswerRows.Builder answer = AnswerRows.newBuilder();
        for (WayKeys way : query.getWaysList()) {
            ByteString.Output rows = ByteString.newOutput();
            for (ByteString key : way.getKeysList()) {
                byte[] row = row(table, way, key);
                rows.write(row, 0, row.length);
            }
            answer.addWays(WayRows.newBuilder().setWay(way.getWay()).setRows(rows.toByteString()));
        }
        return answer.build();
    }

    private byte[] row(FakeTable table, WayKeys way, ByteString encoded) {
        DpfKey key = DpfKeyCodec.decode(encoded.toByteArray());
        if (key.party() != party) {
            throw new IllegalStateException("a key of party " + key.party() + " was sent to party " + party);
        }
        byte[] sum = new byte[table.schema().rowBytes()];
        for (ChunkRange range : way.getChunksList()) {
            for (int index = range.getFirst(); index < range.getFirst() + range.getCount(); index++) {
                addChunk(table, way.getWay(), index, key, sum);
            }
        }
        return sum;
    }

    private static void addChunk(FakeTable table, int way, int index, DpfKey key, byte[] sum) {
        long firstRow = table.geometry().firstRow(index);
        int rows = table.geometry().rows(index);
        byte[] selection = new byte[rows / 8];
        new DpfEvaluator()
                .leaves(key, firstRow / DpfDomain.ROWS_PER_LEAF, rows / DpfDomain.ROWS_PER_LEAF, selection, 0);
        for (int row = 0; row < rows; row++) {
            int selected = -(selection[row >> 3] >> (row & 7) & 1);
            int at = (int) (firstRow + row) * sum.length;
            for (int i = 0; i < sum.length; i++) {
                sum[i] ^= (byte) (table.rows().get(way)[at + i] & selected);
            }
        }
    }
}
