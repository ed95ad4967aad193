package org.morphogen.client.party;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.morphogen.client.lookup.Address;
import org.morphogen.client.lookup.PlainKey;
import org.morphogen.client.lookup.StorageKey;
import org.morphogen.client.party.FakeTable.Entry;
import org.morphogen.epoch.GrownDictionaries;
import org.morphogen.row.Account32;
import org.morphogen.row.AccountValue;
import org.morphogen.row.Bytes32;
import org.morphogen.row.BytesN;
import org.morphogen.row.BytesValue;
import org.morphogen.row.CodeDictionary;
import org.morphogen.row.Slot48;
import org.morphogen.row.SlotValue;
import org.morphogen.snapshot.BlockInfo;
import org.morphogen.snapshot.DictionaryEntry;
import org.morphogen.snapshot.Manifest;
import org.morphogen.snapshot.ManifestCodec;
import org.morphogen.snapshot.SnapshotDigest;

/** A snapshot in memory: its tables, its manifest, and the files that a client may fetch. */
public record FakeSnapshot(
        Map<String, FakeTable> tables, Manifest manifest, SnapshotDigest digest, Map<String, byte[]> files) {
    /** Accounts in {@link #of}. */
    public static final int ACCOUNTS = 300;

    /** The block that all of them are of. */
    public static final BlockInfo BLOCK = new BlockInfo(20_000_000, "0x" + "ab".repeat(32), "0x" + "cd".repeat(32));

    /** Accounts, storage slots and plain values that follow from the seed; three chunks a way each. */
    public static FakeSnapshot of(long seed) {
        Random random = new Random(seed);
        return of(List.of(accounts(random, seed), blobs(random, seed), storage(random, seed)));
    }

    /** Of these tables, ordered by name. */
    public static FakeSnapshot of(List<FakeTable> tables) {
        Map<String, FakeTable> byName = new TreeMap<>();
        Map<String, byte[]> files = new HashMap<>();
        for (FakeTable table : tables) {
            byName.put(table.name(), table);
            table.dictionaryBytes().ifPresent(bytes -> files.put(DictionaryEntry.fileName(table.name()), bytes));
        }
        Manifest manifest = new Manifest(
                Manifest.FORMAT,
                BLOCK,
                List.of(),
                tables.stream().map(FakeTable::manifest).toList());
        byte[] bytes = ManifestCodec.encode(manifest);
        files.put(Manifest.FILE, bytes);
        return new FakeSnapshot(
                Collections.unmodifiableMap(byName), manifest, ManifestCodec.digest(bytes), Map.copyOf(files));
    }

    /**
     * What accounts hold after some block: the same keys in the same rows, with values that follow from the salt and from
     * the codes that came with blocks.
     */
    FakeSnapshot changed(long salt, GrownDictionaries dictionaries) {
        Map<String, FakeTable> changed = new TreeMap<>();
        tables.forEach((name, table) -> changed.put(name, table.changed(salt, dictionaries.of(name))));
        return new FakeSnapshot(changed, manifest, digest, files);
    }

    /** The table of that name. */
    public FakeTable table(String name) {
        FakeTable table = tables.get(name);
        if (table == null) {
            throw new IllegalArgumentException("no table " + name);
        }
        return table;
    }

    /** A table of accounts without code that is mostly empty. */
    public static FakeTable bigAccounts(long rowsPerWay, List<Entry> entries) {
        return FakeTable.build(
                "accounts", new Account32(), rowsPerWay, 1 << 18, List.of(CodeDictionary.EMPTY_CODE), entries, 1);
    }

    /** An address; almost surely of no account. */
    public static Address randomAddress(Random random) {
        return Address.of(randomBytes(random, 20));
    }

    private static FakeTable accounts(Random random, long seed) {
        List<Bytes32> codes = List.of(
                CodeDictionary.EMPTY_CODE,
                Bytes32.of(randomBytes(random, 32)),
                Bytes32.of(randomBytes(random, 32)),
                Bytes32.of(randomBytes(random, 32)));
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < ACCOUNTS; i++) {
            Bytes32 code = codes.get(random.nextInt(codes.size()));
            entries.add(new Entry(
                    randomAddress(random), new AccountValue(new BigInteger(90, random), random.nextLong(), code)));
        }
        return FakeTable.build("accounts", new Account32(), 384, 128, codes, entries, seed);
    }

    private static FakeTable storage(Random random, long seed) {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            entries.add(new Entry(
                    StorageKey.of(randomAddress(random), Bytes32.of(randomBytes(random, 32))),
                    new SlotValue(Bytes32.of(randomBytes(random, 32)))));
        }
        return FakeTable.build("storage", new Slot48(), 640, 256, List.of(), entries, seed);
    }

    private static FakeTable blobs(Random random, long seed) {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            entries.add(new Entry(
                    PlainKey.of(randomBytes(random, 1 + 3 * i)), new BytesValue(randomBytes(random, 200 * i))));
        }
        return FakeTable.build("blobs", new BytesN(4096), 128, 128, List.of(), entries, seed);
    }

    private static byte[] randomBytes(Random random, int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
