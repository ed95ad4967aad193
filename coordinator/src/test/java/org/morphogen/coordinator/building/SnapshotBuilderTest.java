package org.morphogen.coordinator.building;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.morphogen.coordinator.building.input.InputFormat;
import org.morphogen.row.AccountValue;
import org.morphogen.row.Bytes32;
import org.morphogen.row.BytesValue;
import org.morphogen.row.CodeDictionary;
import org.morphogen.row.RowSchema;
import org.morphogen.row.Slot48;
import org.morphogen.row.SlotValue;
import org.morphogen.snapshot.Sha256;
import org.morphogen.snapshot.SourceInfo;
import org.morphogen.snapshot.TableManifest;

/** What stands in the files of a finished snapshot. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SnapshotBuilderTest {
    private static final String ADDRESS = "00112233445566778899aabbccddeeff00112233";
    private static final byte[] KEY = HexFormat.of().parseHex(ADDRESS);
    private static final Bytes32 CODE = Bytes32.parse("12".repeat(32));
    private static final String ACCOUNTS = "address,balance,nonce,code_hash\n" + ADDRESS + ",77,3," + CODE + "\n";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"account-32", "account-64"})
    void accountsAreFoundAgain(String schema) throws IOException {
        Plans.build(Plans.plan(Plans.table(folder, "accounts", schema, "a.csv", ACCOUNTS)), out());

        try (SnapshotRows rows = new SnapshotRows(out(), "accounts")) {
            assertThat(rows.find(KEY)).containsExactly(new AccountValue(BigInteger.valueOf(77), 3, CODE));
            assertThat(rows.find(new byte[20])).isEmpty();
        }
    }

    @Test
    void slotsAndPlainBytesAreFoundAgain() throws IOException {
        SnapshotPlan plan = Plans.plan(
                Plans.table(folder, "storage", "slot-48", "s.csv", "address,slot,value\n" + ADDRESS + ",0x1,0x2\n"),
                Plans.table(folder, "blobs", "bytes-64", "b.jsonl", "{\"key\":\"0x0102\",\"value\":\"0xc0ffee\"}\n"));
        Plans.build(plan, out());

        try (SnapshotRows storage = new SnapshotRows(out(), "storage");
                SnapshotRows blobs = new SnapshotRows(out(), "blobs")) {
            assertThat(storage.find(Slot48.key(KEY, Bytes32.parse("0".repeat(63) + "1"))))
                    .containsExactly(new SlotValue(Bytes32.parse("0".repeat(63) + "2")));
            assertThat(blobs.find(new byte[] {1, 2}))
                    .containsExactly(new BytesValue(new byte[] {(byte) 0xc0, (byte) 0xff, (byte) 0xee}));
        }
    }

    @Test
    void oneGenesisFileMakesAccountsAndStorage() throws IOException {
        String genesis = "{\"alloc\": {\"" + ADDRESS
                + "\": {\"balance\": \"0x4d\", \"nonce\": 3, \"code\": \"0x6001\", \"storage\": {\"0x01\": \"0x02\"}}}}";
        Plans.build(
                Plans.plan(
                        Plans.table(folder, "accounts", "account-32", "genesis.json", genesis),
                        Plans.table(folder, "storage", "slot-48", "genesis.json", genesis)),
                out());

        Bytes32 keccakOfCode = Bytes32.parse("309c67890bde4c575dc23d2cc3b5c3a3d599e312e980e9b61b5bc8f3cd87c8bb");
        try (SnapshotRows accounts = new SnapshotRows(out(), "accounts");
                SnapshotRows storage = new SnapshotRows(out(), "storage")) {
            assertThat(accounts.find(KEY)).containsExactly(new AccountValue(BigInteger.valueOf(77), 3, keccakOfCode));
            assertThat(storage.find(Slot48.key(KEY, Bytes32.parse("0".repeat(63) + "1"))))
                    .hasSize(1);
        }
    }

    @Test
    void dictionaryListsCodeHashesInOrderOfAppearance() throws IOException {
        Bytes32 first = Bytes32.parse("aa".repeat(32));
        Bytes32 second = Bytes32.parse("11".repeat(32));
        String csv = "address,balance,code_hash\n" + line(1, first) + line(2, second) + line(3, first)
                + "%040x,5,%n".formatted(4);
        Plans.build(Plans.plan(Plans.table(folder, "accounts", "account-32", "a.csv", csv)), out());

        CodeDictionary codes = CodeDictionary.parse(Files.readAllBytes(out().resolve("accounts/code-hashes.bin")));
        assertThat(codes.size()).isEqualTo(3);
        assertThat(List.of(codes.codeHash(0), codes.codeHash(1), codes.codeHash(2)))
                .containsExactly(CodeDictionary.EMPTY_CODE, first, second);
    }

    @Test
    void everyKeyStandsInOneRowOfSmallChunks() throws IOException {
        RandomAccounts accounts = new RandomAccounts(3000, 17);
        SnapshotPlan plan = Plans.withChunkRows(Plans.plan(random(accounts)), 256);
        Plans.build(plan, out());

        try (SnapshotRows rows = new SnapshotRows(out(), "accounts")) {
            TableManifest table = rows.table();
            assertThat(table.rowsPerWay()).isEqualTo(1152);
            assertThat(table.geometry().chunksPerWay()).isEqualTo(5);
            assertThat(table.chunk(2, 4).rows()).isEqualTo(128);
            accounts.forEach((address, value) ->
                    assertThat(rows.find(address)).as("seed 17").containsExactly(value));
        }
    }

    @Test
    void threeHundredThousandKeysFitAtTheUsualLoad() throws IOException {
        RandomAccounts accounts = new RandomAccounts(300_000, 23);
        BuildReport report = Plans.build(Plans.plan(random(accounts)), out());

        try (SnapshotRows rows = new SnapshotRows(out(), "accounts")) {
            assertThat(300_000.0 / (3 * rows.table().rowsPerWay())).isBetween(0.899, 0.90);
            accounts.forEach((address, value) ->
                    assertThat(rows.find(address)).as("seed 23").containsExactly(value));
        }
        assertThat(SnapshotVerifier.verify(report.snapshot()).rowsInUse()).isEqualTo(300_000);
    }

    @Test
    void samePlanGivesTheSameBytesWhereverTheInputLies() throws IOException {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Plans.build(Plans.plan(Plans.table(folder, "accounts", "account-32", "a.csv", ACCOUNTS)), out());
        Plans.build(
                Plans.plan(Plans.table(elsewhere, "accounts", "account-32", "b.csv.gz", ACCOUNTS)),
                folder.resolve("other"));

        assertThat(Plans.files(out())).isEqualTo(Plans.files(folder.resolve("other")));
    }

    /** Enough keys that work is shared, and narrow chunks that end within a thread's part. */
    @Test
    void anyNumberOfThreadsGivesTheSameBytes() throws IOException {
        SnapshotPlan plan = Plans.withChunkRows(Plans.plan(random(new RandomAccounts(100_000, 29))), 8192);
        SnapshotBuilder.build(plan, folder.resolve("one"), 1, BuildListener.SILENT);
        SnapshotBuilder.build(plan, folder.resolve("five"), 5, BuildListener.SILENT);

        assertThat(Plans.files(folder.resolve("five"))).isEqualTo(Plans.files(folder.resolve("one")));
    }

    @Test
    void otherSeedsPutKeysElsewhere() throws IOException {
        SnapshotPlan plan = Plans.plan(random(new RandomAccounts(200, 3)));
        Plans.build(Plans.withSeed(plan, (byte) 1), folder.resolve("one"));
        Plans.build(Plans.withSeed(plan, (byte) 2), folder.resolve("two"));

        Map<String, String> one = Plans.files(folder.resolve("one"));
        Map<String, String> two = Plans.files(folder.resolve("two"));
        assertThat(one.keySet()).isEqualTo(two.keySet());
        assertThat(one.entrySet().stream()
                        .filter(file -> file.getValue().equals(two.get(file.getKey())))
                        .map(Map.Entry::getKey))
                .containsExactly("accounts/code-hashes.bin");
    }

    @Test
    void manifestNamesTheUnpackedInput() {
        TablePlan table = Plans.table(folder, "accounts", "account-32", "a.csv.gz", ACCOUNTS);
        BuildReport report = Plans.build(Plans.plan(table), out());

        assertThat(report.snapshot().manifest().sources())
                .containsExactly(
                        new SourceInfo("accounts", "csv", Sha256.of(ACCOUNTS.getBytes(StandardCharsets.UTF_8))));
        assertThat(report.snapshot().manifest().block()).isEqualTo(Plans.BLOCK);
    }

    @Test
    void tableWithoutKeysIsPossible() throws IOException {
        TablePlan table = Plans.table(folder, "storage", "slot-48", "s.csv", "address,slot,value\n");
        BuildReport report = Plans.build(Plans.plan(table), out());

        assertThat(report.snapshot().manifest().tables().getFirst().rowsPerWay())
                .isEqualTo(128);
        assertThat(SnapshotVerifier.verify(report.snapshot()).rowsInUse()).isZero();
        try (SnapshotRows rows = new SnapshotRows(out(), "storage")) {
            assertThat(rows.find(new byte[52])).isEmpty();
        }
    }

    @Test
    void onlyTheSnapshotIsLeft() throws IOException {
        Plans.build(Plans.plan(random(new RandomAccounts(10, 1))), out());

        assertThat(Plans.names(folder)).containsExactly("snapshot");
        assertThat(Plans.files(out()).keySet())
                .containsExactly(
                        "accounts/code-hashes.bin",
                        "accounts/way-0/chunk-00000.rows",
                        "accounts/way-1/chunk-00000.rows",
                        "accounts/way-2/chunk-00000.rows",
                        "manifest.json");
    }

    private Path out() {
        return folder.resolve("snapshot");
    }

    private static TablePlan random(RandomAccounts accounts) {
        return new TablePlan("accounts", RowSchema.parse("account-32"), accounts, InputFormat.CSV);
    }

    private static String line(int address, Bytes32 code) {
        return "%040x,5,%s%n".formatted(address, code);
    }
}
