package org.morphogen.coordinator.epoch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.morphogen.coordinator.building.BuildListener;
import org.morphogen.coordinator.building.SnapshotBuilder;
import org.morphogen.coordinator.building.SnapshotPlan;
import org.morphogen.coordinator.building.TablePlan;
import org.morphogen.coordinator.delta.RowPlace;
import org.morphogen.coordinator.feed.AccountChange;
import org.morphogen.coordinator.feed.Address;
import org.morphogen.coordinator.feed.BlockChanges;
import org.morphogen.coordinator.feed.Credit;
import org.morphogen.coordinator.feed.Wanted;
import org.morphogen.epoch.DeltaHeader;
import org.morphogen.epoch.DictionaryGrowth;
import org.morphogen.epoch.Epoch;
import org.morphogen.epoch.GrownDictionaries;
import org.morphogen.row.AccountValue;
import org.morphogen.row.Bytes32;
import org.morphogen.row.RowSchema;
import org.morphogen.snapshot.BlockInfo;
import org.morphogen.snapshot.SnapshotDirectory;
import org.morphogen.snapshot.TableManifest;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DeltaBuilderTest {
    private static final BlockInfo BLOCK = new BlockInfo(7, "0x" + "ab".repeat(32), "0x" + "cd".repeat(32));
    private static final String ADDRESS = "0x" + "11".repeat(20);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "account-32, account-64, ACCOUNTS",
        "account-32, slot-48, ACCOUNTS_AND_SLOTS",
        "slot-48, account-64, ACCOUNTS_AND_SLOTS",
    })
    void wantsSlotsWhereThereIsATableOfThem(String one, String other, Wanted wanted) throws IOException {
        List<TablePlan> tables = new ArrayList<>();
        for (String schema : List.of(one, other)) {
            Path input = Files.writeString(folder.resolve(schema + ".jsonl"), entry(schema));
            tables.add(TablePlan.of(schema, RowSchema.parse(schema), input));
        }
        Path out = folder.resolve("snapshot");
        SnapshotBuilder.build(SnapshotPlan.usual(BLOCK, tables), out, BuildListener.SILENT);

        assertThat(DeltaBuilder.open(SnapshotDirectory.open(out)).wanted()).isEqualTo(wanted);
    }

    /** One waits for its rows while the other is made: each has the dictionary of its own epoch. */
    @Test
    void twoAreMadeAtTheSameTime() throws Exception {
        Path input = Files.writeString(folder.resolve("accounts.jsonl"), entry("account-32"));
        SnapshotPlan plan =
                SnapshotPlan.usual(BLOCK, List.of(TablePlan.of("accounts", RowSchema.parse("account-32"), input)));
        SnapshotBuilder.build(plan, folder.resolve("snapshot"), BuildListener.SILENT);
        SnapshotDirectory snapshot = SnapshotDirectory.open(folder.resolve("snapshot"));
        GrownDictionaries none = GrownDictionaries.of(snapshot.manifest());
        GrownDictionaries some =
                none.plus(List.of(new DictionaryGrowth("accounts", List.of(code(1), code(2), code(3)))));
        DeltaBuilder builder = DeltaBuilder.open(snapshot);
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch other = new CountDownLatch(1);

        CompletableFuture<BuiltDelta> slow = CompletableFuture.supplyAsync(
                () -> builder.build(epoch(snapshot), some, block(2, 4), table -> places -> {
                    reading.countDown();
                    await(other);
                    return empty(table, places);
                }),
                Thread::startVirtualThread);
        reading.await();
        // Not on this thread, which shall give up after a while where one waits for the other.
        BuiltDelta quick = CompletableFuture.supplyAsync(
                        () -> builder.build(
                                epoch(snapshot), none, block(3, 5), table -> places -> empty(table, places)),
                        Thread::startVirtualThread)
                .get();
        other.countDown();

        assertThat(header(quick)).isEqualTo(header(alone(snapshot, none, block(3, 5))));
        assertThat(header(slow.get())).isEqualTo(header(alone(snapshot, some, block(2, 4))));
    }

    private static BuiltDelta alone(SnapshotDirectory snapshot, GrownDictionaries before, BlockChanges block) {
        return DeltaBuilder.open(snapshot)
                .build(epoch(snapshot), before, block, table -> places -> empty(table, places));
    }

    /** It states the digest of every piece. */
    private static DeltaHeader header(BuiltDelta built) {
        return ((BuiltDelta.Whole) built).delta().header();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    private static List<byte[]> empty(TableManifest table, List<RowPlace> places) {
        return places.stream().map(_ -> new byte[table.rowBytes()]).toList();
    }

    private static Epoch epoch(SnapshotDirectory snapshot) {
        return Epoch.base(0, snapshot.digest(), BLOCK);
    }

    private static Bytes32 code(int number) {
        byte[] code = new byte[Bytes32.LENGTH];
        code[0] = (byte) number;
        return Bytes32.of(code);
    }

    /** Two accounts with these codes, and a third that is only credited. */
    private static BlockChanges block(int... codes) {
        List<AccountChange> changes = new ArrayList<>();
        for (int code : codes) {
            changes.add(new AccountChange(address(code), Optional.of(new AccountValue(BigInteger.TEN, 1, code(code)))));
        }
        return new BlockChanges(
                BLOCK, BLOCK.hash(), changes, List.of(), List.of(new Credit(address(9), BigInteger.ONE)));
    }

    private static Address address(int number) {
        byte[] address = new byte[Address.LENGTH];
        address[0] = (byte) number;
        return Address.of(address);
    }

    private static String entry(String schema) {
        String fields = schema.startsWith("slot") ? "\"slot\":\"0x1\",\"value\":\"0x5\"" : "\"balance\":\"1\"";
        return "{\"address\":\"" + ADDRESS + "\"," + fields + "}\n";
    }
}
