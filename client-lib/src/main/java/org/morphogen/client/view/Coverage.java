package org.morphogen.client.view;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.snapshot.Manifest;
import org.morphogen.snapshot.TableManifest;

/** Checks a party's shards against the manifest. */
final class Coverage {
    private final int party;
    private final Map<String, BitSet[]> seen = new HashMap<>();
    private final Manifest manifest;

    private Coverage(int party, Manifest manifest) {
        this.party = party;
        this.manifest = manifest;
        for (TableManifest table : manifest.tables()) {
            BitSet[] ways = new BitSet[table.ways()];
            for (int way = 0; way < ways.length; way++) {
                ways[way] = new BitSet(table.geometry().chunksPerWay());
            }
            seen.put(table.name(), ways);
        }
    }

    /**
     * Throws PARTY_MISBEHAVES unless the base epoch is the snapshot and its block, and every chunk of every way of every
     * table stands in exactly one shard. A missing chunk would make answers noise, a repeated one would cancel itself.
     */
    static void require(int party, Served served, Manifest manifest) {
        Coverage coverage = new Coverage(party, manifest);
        if (!served.base().block().equals(manifest.block())) {
            throw coverage.misbehaves("its base epoch is not the block that the manifest states");
        }
        if (!served.base().digest().hex().equals(served.digest().hex())) {
            throw coverage.misbehaves("its base epoch is not the snapshot that it serves");
        }
        served.shards().forEach(shard -> shard.ways().forEach(held -> coverage.mark(shard.id(), held)));
        coverage.requireAll();
    }

    private void mark(int shard, HeldWay held) {
        BitSet[] ways = seen.get(held.table());
        if (ways == null || held.way() >= ways.length) {
            throw misbehaves("shard " + shard + " holds " + name(held) + ", which the manifest does not have");
        }
        int chunksPerWay = manifest.table(held.table()).orElseThrow().geometry().chunksPerWay();
        for (ChunkSpan span : held.spans()) {
            if (span.end() > chunksPerWay) {
                throw misbehaves("shard " + shard + " holds chunks of " + name(held) + " beyond the last");
            }
            BitSet chunks = ways[held.way()];
            int repeated = chunks.nextSetBit(span.first());
            if (repeated >= 0 && repeated < span.end()) {
                throw misbehaves("chunk " + repeated + " of " + name(held) + " stands in two shards");
            }
            chunks.set(span.first(), span.end());
        }
    }

    private void requireAll() {
        for (TableManifest table : manifest.tables()) {
            for (int way = 0; way < table.ways(); way++) {
                int missing = Objects.requireNonNull(seen.get(table.name()))[way].nextClearBit(0);
                if (missing < table.geometry().chunksPerWay()) {
                    throw misbehaves(
                            "chunk " + missing + " of way " + way + " of " + table.name() + " stands in no shard");
                }
            }
        }
    }

    private static String name(HeldWay held) {
        return "way " + held.way() + " of " + held.table();
    }

    private MorphogenException misbehaves(String what) {
        return new MorphogenException(
                FailureReason.PARTY_MISBEHAVES,
                "Party " + party + ": its cluster view cannot be: " + what + ".",
                Map.of("party", Integer.toString(party)));
    }
}
