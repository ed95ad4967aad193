package org.morphogen.client.lookup;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.morphogen.client.view.AsOf;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.AnswerRows;
import org.morphogen.protocol.v1.WayKeys;
import org.morphogen.protocol.v1.WayRows;
import org.morphogen.row.CodeDictionary;
import org.morphogen.row.RowTag;

/**
 * The XOR of all shards' answers to one batch. With every answer of both parties in it, it holds for each lookup and
 * way the one row in which the key may stand. Not thread-safe.
 */
final class RowSum {
    private final TablePlan plan;
    private final KeyBatch batch;
    private final int rowBytes;
    /** By way: the rows of all lookups, one after another. */
    private final byte[][] rows;

    RowSum(TablePlan plan, KeyBatch batch) {
        this.plan = plan;
        this.batch = batch;
        this.rowBytes = plan.schema().rowBytes();
        this.rows = new byte[plan.addressing().ways()][batch.size() * rowBytes];
    }

    /** Throws PARTY_MISBEHAVES unless an answer has exactly the ways and rows that the shard was asked for. */
    static void check(TablePlan table, ShardPlan shard, int lookups, AnswerRows answer) {
        List<Integer> asked =
                shard.skeleton().getWaysList().stream().map(WayKeys::getWay).toList();
        List<Integer> answered =
                answer.getWaysList().stream().map(WayRows::getWay).toList();
        if (!asked.equals(answered)) {
            throw misbehaves(shard, "answered for other ways than it was asked for");
        }
        int expectedBytes = lookups * table.schema().rowBytes();
        for (WayRows way : answer.getWaysList()) {
            if (way.getRows().size() != expectedBytes) {
                throw misbehaves(
                        shard, "answered with " + way.getRows().size() + " bytes of rows, not " + expectedBytes);
            }
        }
    }

    /** Adds an answer that {@link #check} has passed. */
    void add(AnswerRows answer) {
        for (WayRows way : answer.getWaysList()) {
            xor(rows[way.getWay()], way.getRows());
        }
    }

    /** The outcome of each lookup, in the order of the batch. */
    List<Lookup> outcomes(CodeDictionary dictionary) {
        return IntStream.range(0, batch.size())
                .mapToObj(lookup -> outcome(lookup, dictionary))
                .toList();
    }

    /** Looks at the rows of all ways in the same manner, whichever has the key. */
    private Lookup outcome(int lookup, CodeDictionary dictionary) {
        byte[] found = new byte[rowBytes];
        int matches = 0;
        for (byte[] way : rows) {
            int match = RowTag.matches(way, lookup * rowBytes, batch.tag(lookup)) ? 1 : 0;
            matches += match;
            for (int i = 0; i < rowBytes; i++) {
                found[i] |= (byte) (way[lookup * rowBytes + i] & -match);
            }
        }
        if (matches > 1) {
            throw new MorphogenException(
                    FailureReason.PARTY_MISBEHAVES, "The answers hold one key's row in two ways, which no table does.");
        }
        AsOf asOf = plan.asOf();
        return matches == 0 ? new Absent(asOf) : new Found(plan.schema().decode(found, dictionary), asOf);
    }

    private static void xor(byte[] into, ByteString other) {
        byte[] bytes = other.toByteArray();
        for (int i = 0; i < into.length; i++) {
            into[i] ^= bytes[i];
        }
    }

    private static MorphogenException misbehaves(ShardPlan shard, String what) {
        return new MorphogenException(
                FailureReason.PARTY_MISBEHAVES,
                "Party " + shard.party() + ", shard " + shard.shard() + ": " + what + ".",
                Map.of("party", Integer.toString(shard.party()), "shard", Integer.toString(shard.shard())));
    }
}
