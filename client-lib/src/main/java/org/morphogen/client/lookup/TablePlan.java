package org.morphogen.client.lookup;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.morphogen.addressing.TableAddressing;
import org.morphogen.client.view.AsOf;
import org.morphogen.client.view.BlockChoice;
import org.morphogen.client.view.CommonView;
import org.morphogen.client.view.HeldWay;
import org.morphogen.client.view.ShardView;
import org.morphogen.dpf.DpfDomain;
import org.morphogen.dpf.DpfKeyCodec;
import org.morphogen.epoch.Epoch;
import org.morphogen.row.RowSchema;
import org.morphogen.snapshot.TableManifest;
import org.morphogen.transport.Limits;

/**
 * How one table is asked, of both parties. Follows from public data alone: the view, the manifest and the limits.
 *
 * @param keysPerMessage keys a way that every message of a batch but the last carries
 * @param shards those of party 0, then those of party 1, each by id: the order in which they are asked
 */
record TablePlan(AsOf asOf, TableAddressing addressing, RowSchema schema, int keysPerMessage, List<ShardPlan> shards) {
    /** Room for the fields around each key, row and way, far above what Protocol Buffers take. */
    private static final int FRAMING_BYTES = 64;

    /**
     * Fails with TABLE_UNKNOWN, UNAVAILABLE if a shard has no ready replica, or as {@link CommonView#epoch} does if the
     * block cannot be asked for.
     */
    static TablePlan of(CommonView view, BlockChoice block, String tableName, int maxKeysPerMessage) {
        TableManifest table = view.snapshot().table(tableName);
        Epoch epoch = view.epoch(block);
        List<ShardPlan> shards = new ArrayList<>();
        shards.addAll(shards(view, epoch, 0, tableName));
        shards.addAll(shards(view, epoch, 1, tableName));
        return new TablePlan(
                view.asOf(block),
                table.addressing(),
                table.rowSchema(),
                Math.min(maxKeysPerMessage, mostKeys(table, shards)),
                List.copyOf(shards));
    }

    DpfDomain domain() {
        return new DpfDomain(addressing.rowsPerWay());
    }

    private static List<ShardPlan> shards(CommonView view, Epoch epoch, int party, String table) {
        List<ShardPlan> plans = new ArrayList<>();
        for (ShardView shard : view.served(party).shards()) {
            List<HeldWay> ways = shard.ways().stream()
                    .filter(held -> held.table().equals(table))
                    .sorted(Comparator.comparingInt(HeldWay::way))
                    .toList();
            if (!ways.isEmpty()) {
                plans.add(ShardPlan.of(party, view.served(party).generation(), shard, ways, epoch, table));
            }
        }
        plans.sort(Comparator.comparingInt(ShardPlan::shard));
        return plans;
    }

    /** Keys a way for which no request and no answer of any shard is longer than a message may be. */
    private static int mostKeys(TableManifest table, List<ShardPlan> shards) {
        int keyBytes = DpfKeyCodec.encodedBytes(table.geometry().domain().depth()) + FRAMING_BYTES;
        int aroundKeys = FRAMING_BYTES * (1 + table.ways())
                + shards.stream()
                        .mapToInt(plan -> plan.skeleton().getSerializedSize())
                        .max()
                        .orElse(0);
        int inRequest = (Limits.MAX_REQUEST_BYTES - aroundKeys) / (table.ways() * keyBytes);
        int inAnswer = Limits.MAX_ANSWER_ROW_BYTES / (table.ways() * table.rowBytes());
        return Math.max(1, Math.min(Limits.MAX_KEYS_PER_WAY, Math.min(inRequest, inAnswer)));
    }
}
