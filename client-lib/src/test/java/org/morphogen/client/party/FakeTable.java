package org.morphogen.client.party;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.morphogen.addressing.TableAddressing;
import org.morphogen.addressing.TableSeeds;
import org.morphogen.client.lookup.LookupKey;
import org.morphogen.epoch.GrownDictionary;
import org.morphogen.row.Account32;
import org.morphogen.row.Account64;
import org.morphogen.row.AccountValue;
import org.morphogen.row.Bytes32;
import org.morphogen.row.BytesN;
import org.morphogen.row.BytesValue;
import org.morphogen.row.CodeHashes;
import org.morphogen.row.RowSchema;
import org.morphogen.row.RowTag;
import org.morphogen.row.RowValue;
import org.morphogen.row.Slot48;
import org.morphogen.row.SlotValue;
import org.morphogen.snapshot.ChunkEntry;
import org.morphogen.snapshot.ChunkGeometry;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.DictionaryEntry;
import org.morphogen.snapshot.Sha256;
import org.morphogen.snapshot.TableManifest;

/**
 * A small cuckoo table in memory.
 *
 * @param rows by way, all rows one after another
 * @param codeHashes the dictionary, entry 0 that of no code; empty for schemas without one
 */
public record FakeTable(
        String name,
        RowSchema schema,
        TableSeeds seeds,
        ChunkGeometry geometry,
        List<byte[]> rows,
        List<Bytes32> codeHashes,
        List<Entry> entries) {
    private static final int WAYS = 3;
    private static final int MOST_EVICTIONS = 10_000;

    /** A key and its value. */
    public record Entry(LookupKey key, RowValue value) {
        /** An account with another nonce and, as that will have it, with a code that was added. */
        private Entry changed(long salt, List<Bytes32> added) {
            if (!(value instanceof AccountValue account)) {
                return this;
            }
            long nonce = account.nonce() ^ salt;
            Bytes32 code = added.isEmpty() || nonce % 2 == 0
                    ? account.codeHash()
                    : added.get((int) Math.floorMod(nonce, (long) added.size()));
            return new Entry(key, new AccountValue(account.balance(), nonce, code));
        }
    }

    /** Places the entries; {@code seed} gives the hash seeds and the order of evictions. */
    public static FakeTable build(
            String name,
            RowSchema schema,
            long rowsPerWay,
            int chunkRows,
            List<Bytes32> codeHashes,
            List<Entry> entries,
            long seed) {
        TableSeeds seeds = TableSeeds.derive(Long.toString(seed).getBytes(StandardCharsets.UTF_8), name, WAYS, 0);
        TableAddressing addressing = new TableAddressing(seeds, rowsPerWay);
        int wayBytes = (int) rowsPerWay * schema.rowBytes();
        FakeTable table = new FakeTable(
                name,
                schema,
                seeds,
                new ChunkGeometry(schema.rowBytes(), rowsPerWay, chunkRows),
                List.of(new byte[wayBytes], new byte[wayBytes], new byte[wayBytes]),
                List.copyOf(codeHashes),
                List.copyOf(entries));
        table.place(addressing, new Random(seed));
        return table;
    }

    /** The same keys in the same rows; accounts have other nonces, which follow from the salt, and added codes. */
    FakeTable changed(long salt, Optional<GrownDictionary> dictionary) {
        List<Bytes32> added = dictionary.map(FakeTable::added).orElse(List.of());
        List<Bytes32> allCodes = new ArrayList<>(codeHashes);
        allCodes.addAll(added);
        FakeTable changed = new FakeTable(
                name,
                schema,
                seeds,
                geometry,
                rows.stream().map(byte[]::clone).toList(),
                allCodes,
                entries.stream().map(entry -> entry.changed(salt, added)).toList());
        TableAddressing addressing = new TableAddressing(seeds, geometry.rowsPerWay());
        changed.entries.forEach(entry -> changed.rewrite(addressing, entry));
        return changed;
    }

    private static List<Bytes32> added(GrownDictionary dictionary) {
        CodeHashes added = dictionary.added();
        return IntStream.range(0, added.count()).mapToObj(added::at).toList();
    }

    TableManifest manifest() {
        return new TableManifest(
                name,
                schema.name(),
                schema.rowBytes(),
                WAYS,
                geometry.rowsPerWay(),
                geometry.chunkRows(),
                entries.size(),
                seeds,
                dictionary(),
                chunks());
    }

    Optional<byte[]> dictionaryBytes() {
        if (codeHashes.isEmpty()) {
            return Optional.empty();
        }
        byte[] bytes = new byte[codeHashes.size() * Bytes32.LENGTH];
        for (int i = 0; i < codeHashes.size(); i++) {
            codeHashes.get(i).write(bytes, i * Bytes32.LENGTH);
        }
        return Optional.of(bytes);
    }

    private Optional<DictionaryEntry> dictionary() {
        return dictionaryBytes()
                .map(bytes -> new DictionaryEntry(DictionaryEntry.fileName(name), codeHashes.size(), Sha256.of(bytes)));
    }

    private List<ChunkEntry> chunks() {
        List<ChunkEntry> chunks = new ArrayList<>();
        for (int way = 0; way < WAYS; way++) {
            for (int index = 0; index < geometry.chunksPerWay(); index++) {
                int from = (int) geometry.firstRow(index) * schema.rowBytes();
                byte[] bytes = Arrays.copyOfRange(rows.get(way), from, from + (int) geometry.bytes(index));
                chunks.add(new ChunkEntry(
                        way,
                        index,
                        geometry.firstRow(index),
                        geometry.rows(index),
                        new ChunkId(name, way, index).fileName(),
                        Sha256.of(bytes)));
            }
        }
        return chunks;
    }

    private void place(TableAddressing addressing, Random random) {
        int[][] owners = new int[WAYS][(int) geometry.rowsPerWay()];
        for (int i = 0; i < entries.size(); i++) {
            int homeless = i + 1;
            for (int step = 0; homeless != 0; step++) {
                if (step > MOST_EVICTIONS) {
                    throw new IllegalStateException("the table is too full");
                }
                homeless = settle(addressing, owners, homeless, random);
            }
        }
        for (int way = 0; way < WAYS; way++) {
            for (int row = 0; row < owners[way].length; row++) {
                if (owners[way][row] != 0) {
                    write(addressing, entries.get(owners[way][row] - 1), way, row);
                }
            }
        }
    }

    /** Settles an entry in a free row, or in the place of another, which is returned. */
    private int settle(TableAddressing addressing, int[][] owners, int entry, Random random) {
        byte[] key = entries.get(entry - 1).key().secretBytes();
        for (int way = 0; way < WAYS; way++) {
            int row = (int) addressing.row(way, key);
            if (owners[way][row] == 0) {
                owners[way][row] = entry;
                return 0;
            }
        }
        int way = random.nextInt(WAYS);
        int row = (int) addressing.row(way, key);
        int evicted = owners[way][row];
        owners[way][row] = entry;
        return evicted;
    }

    private void rewrite(TableAddressing addressing, Entry entry) {
        byte[] key = entry.key().secretBytes();
        for (int way = 0; way < WAYS; way++) {
            int row = (int) addressing.row(way, key);
            if (RowTag.read(rows.get(way), row * schema.rowBytes()) == addressing.tag(key)) {
                write(addressing, entry, way, row);
            }
        }
    }

    private void write(TableAddressing addressing, Entry entry, int way, int row) {
        long tag = addressing.tag(entry.key().secretBytes());
        int at = row * schema.rowBytes();
        switch (schema) {
            case Account32 schema32 -> {
                AccountValue account = (AccountValue) entry.value();
                int codeId = codeHashes.indexOf(account.codeHash());
                schema32.encode(tag, account.balance(), account.nonce(), codeId, rows.get(way), at);
            }
            case Account64 schema64 -> schema64.encode(tag, (AccountValue) entry.value(), rows.get(way), at);
            case Slot48 slot48 -> slot48.encode(tag, (SlotValue) entry.value(), rows.get(way), at);
            case BytesN bytesN -> bytesN.encode(tag, ((BytesValue) entry.value()).bytes(), rows.get(way), at);
        }
    }
}
