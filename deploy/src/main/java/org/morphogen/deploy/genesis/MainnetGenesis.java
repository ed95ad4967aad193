package org.morphogen.deploy.genesis;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.zip.GZIPInputStream;
import org.morphogen.coordinator.building.MasterSeed;
import org.morphogen.coordinator.building.SnapshotPlan;
import org.morphogen.coordinator.building.TablePlan;
import org.morphogen.coordinator.building.cuckoo.LoadFactor;
import org.morphogen.coordinator.building.input.InputFormat;
import org.morphogen.coordinator.building.input.TableInput;
import org.morphogen.row.Account32;
import org.morphogen.row.RowSchema;
import org.morphogen.snapshot.BlockInfo;

/**
 * The state of mainnet's block 0: {@value #ACCOUNTS} accounts with a balance, none with a nonce or code. The data is
 * derived by {@code deploy/genesis/derive.mjs}; a test computes the block's state root from it.
 */
public final class MainnetGenesis {
    /** Number of accounts. */
    public static final int ACCOUNTS = 8893;

    /** Block 0. */
    public static final BlockInfo BLOCK = new BlockInfo(
            0,
            "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3",
            "0xd7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544");

    /** Name of the table of {@link #plan}. */
    public static final String TABLE = "accounts";

    private static final String RESOURCE = "mainnet-genesis.csv.gz";

    private MainnetGenesis() {}

    /** The packed CSV, columns address and balance in wei, ordered by address. */
    public static InputStream open() throws IOException {
        InputStream in = MainnetGenesis.class.getResourceAsStream(RESOURCE);
        if (in == null) {
            throw new IOException("this program lacks its own file " + RESOURCE);
        }
        return in;
    }

    /** Address to balance in wei, ordered by address. */
    public static Map<String, BigInteger> balances() throws IOException {
        Map<String, BigInteger> balances = new LinkedHashMap<>();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(new GZIPInputStream(open()), StandardCharsets.UTF_8))) {
            lines.readLine();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int comma = line.indexOf(',');
                balances.put(line.substring(0, comma), new BigInteger(line.substring(comma + 1)));
            }
        }
        return balances;
    }

    /** A snapshot of these accounts in one account-32 table, with the usual settings. */
    public static SnapshotPlan plan() {
        return plan(OptionalInt.empty());
    }

    /** As {@link #plan()}, in chunks of so many rows where that is given, to spread them over more nodes. */
    public static SnapshotPlan plan(OptionalInt chunkRows) {
        return plan(BLOCK, chunkRows);
    }

    /** The same state as that of another block, such as {@link RecordedBlocks#BASE}. */
    public static SnapshotPlan plan(BlockInfo block, OptionalInt chunkRows) {
        return new SnapshotPlan(
                block, List.of(accounts(new Account32())), MasterSeed.of(block), LoadFactor.USUAL, chunkRows);
    }

    /** Table {@value #TABLE} with these accounts, in rows of account-32 or account-64. */
    public static TablePlan accounts(RowSchema schema) {
        return new TablePlan(TABLE, schema, new Packed(), InputFormat.CSV);
    }

    private record Packed() implements TableInput {
        @Override
        public String name() {
            return RESOURCE;
        }

        @Override
        public long bytes() {
            return 0;
        }

        @Override
        public InputStream open() throws IOException {
            return MainnetGenesis.open();
        }
    }
}
