package org.morphogen.deploy.genesis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.addressing.TableAddressing;
import org.morphogen.coordinator.building.BuildListener;
import org.morphogen.coordinator.building.BuildReport;
import org.morphogen.coordinator.building.SnapshotBuilder;
import org.morphogen.coordinator.building.SnapshotVerifier;
import org.morphogen.row.AccountValue;
import org.morphogen.row.CodeDictionary;
import org.morphogen.row.RowTag;
import org.morphogen.row.RowValue;
import org.morphogen.snapshot.TableManifest;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class MainnetGenesisTest {
    private static final byte[] EMPTY_TRIE =
            HexFormat.of().parseHex("56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");

    @TempDir
    Path folder;

    @Test
    void accountsHaveTheStateRootOfBlockZero() throws IOException {
        SortedMap<String, byte[]> leaves = new TreeMap<>();
        balances()
                .forEach((address, balance) -> leaves.put(
                        HexFormat.of()
                                .formatHex(
                                        MerklePatricia.keccak256(HexFormat.of().parseHex(address))),
                        leaf(balance)));

        assertThat(leaves).hasSize(MainnetGenesis.ACCOUNTS);
        assertThat(HexFormat.of().formatHex(MerklePatricia.root(leaves)))
                .isEqualTo("d7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544");
        assertThat(MainnetGenesis.BLOCK.stateRootBytes()).isEqualTo(MerklePatricia.root(leaves));
    }

    @Test
    void linesAreOrderedByAddress() throws IOException {
        assertThat(lines().subList(1, lines().size())).isSorted().doesNotHaveDuplicates();
        assertThat(lines().getFirst()).isEqualTo("address,balance");
    }

    /** Every account in exactly one of its three rows. */
    @Test
    void snapshotHoldsEveryAccountOnce() throws IOException {
        BuildReport report =
                SnapshotBuilder.build(MainnetGenesis.plan(), folder.resolve("genesis"), BuildListener.SILENT);
        TableManifest table =
                report.snapshot().manifest().table(MainnetGenesis.TABLE).orElseThrow();
        List<byte[]> ways = new ArrayList<>();
        for (int way = 0; way < table.ways(); way++) {
            ways.add(Files.readAllBytes(
                    report.snapshot().path(table.chunk(way, 0).file())));
        }

        assertThat(table.keys()).isEqualTo(MainnetGenesis.ACCOUNTS);
        balances()
                .forEach((address, balance) -> assertThat(find(HexFormat.of().parseHex(address), table, ways))
                        .as(address)
                        .containsExactly(new AccountValue(balance, 0, CodeDictionary.EMPTY_CODE)));
        assertThat(SnapshotVerifier.verify(report.snapshot()).rowsInUse()).isEqualTo(MainnetGenesis.ACCOUNTS);
    }

    /** Both parties, and every version of this program, name it the same. */
    @Test
    void snapshotIsTheSameEverywhere() {
        BuildReport report =
                SnapshotBuilder.build(MainnetGenesis.plan(), folder.resolve("genesis"), BuildListener.SILENT);

        assertThat(report.snapshot().digest().hex())
                .isEqualTo("880b38618da761452129ba980aaec5817b6aa719c3202fb0b4222c2508705d17");
    }

    private static List<RowValue> find(byte[] address, TableManifest table, List<byte[]> ways) {
        TableAddressing addressing = table.addressing();
        List<RowValue> found = new ArrayList<>();
        byte[] row = new byte[table.rowBytes()];
        for (int way = 0; way < table.ways(); way++) {
            int offset = (int) addressing.row(way, address) * row.length;
            System.arraycopy(ways.get(way), offset, row, 0, row.length);
            if (RowTag.matches(row, 0, addressing.tag(address))) {
                found.add(table.rowSchema().decode(row, CodeDictionary.NONE));
            }
        }
        return found;
    }

    private static byte[] leaf(BigInteger balance) {
        byte[] digits = balance.toByteArray();
        int from = digits[0] == 0 ? 1 : 0;
        return Rlp.list(List.of(
                Rlp.string(new byte[0]),
                Rlp.string(Arrays.copyOfRange(digits, from, digits.length)),
                Rlp.string(EMPTY_TRIE),
                Rlp.string(CodeDictionary.EMPTY_CODE.bytes())));
    }

    /** Balance by address, 40 hex digits. */
    private static Map<String, BigInteger> balances() throws IOException {
        Map<String, BigInteger> balances = new TreeMap<>();
        for (String line : lines().subList(1, lines().size())) {
            int comma = line.indexOf(',');
            balances.put(line.substring(2, comma), new BigInteger(line.substring(comma + 1)));
        }
        return balances;
    }

    private static List<String> lines() throws IOException {
        try (BufferedReader in = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(MainnetGenesis.open()), StandardCharsets.US_ASCII))) {
            return in.readAllLines();
        }
    }
}
