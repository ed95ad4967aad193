package org.morphogen.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.morphogen.coordinator.building.MasterSeed;
import org.morphogen.coordinator.building.SnapshotPlan;
import org.morphogen.coordinator.building.TablePlan;
import org.morphogen.coordinator.building.cuckoo.LoadFactor;
import org.morphogen.deploy.ethereum.Anvil;
import org.morphogen.deploy.genesis.MainnetGenesis;
import org.morphogen.row.RowSchema;
import org.morphogen.row.Slot48;
import org.morphogen.snapshot.BlockInfo;

/**
 * Two parties, all processes, follow a live Ethereum node from mainnet's genesis state on. Run with {@code -Plong} and
 * {@code -Danvil.path=FILE} (foundry's anvil); {@code -Dlive.seed} repeats a run, {@code -Dlive.blocks} makes it longer,
 * {@code -Dlive.rows} names the rows of accounts.
 */
@Tag("long")
@EnabledIfSystemProperty(
        named = "anvil.path",
        matches = ".+",
        disabledReason = "needs an Ethereum node: -Danvil.path=FILE of foundry's anvil")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class LiveChainIT {
    private static final int EARLIER_BLOCKS = 20;
    private static final int LARGE_BLOCKS = 10;
    private static final int LARGE_BLOCK_ACCOUNTS = 1500;

    static List<String> rows() {
        return List.of(System.getProperty("live.rows", "account-64").split(",", -1));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void everyAnswerIsWhatTheNodeSays(String rows, @TempDir Path folder) throws IOException {
        long seed = Long.getLong("live.seed", System.nanoTime());
        int blocks = Integer.getInteger("live.blocks", 200);
        System.out.println("LiveChainIT " + rows + " seed " + seed);
        try (RunningCluster cluster = RunningCluster.start(folder, 2, 1);
                Anvil anvil = Anvil.start(
                        Path.of(System.getProperty("anvil.path")), folder.resolve("anvil"), cluster.freeEndpoint())) {
            cluster.follow("ethereumNode", anvil.url().toString());
            cluster.publish(plan(rows, anvil.base(), folder));
            try (LiveStory story = new LiveStory(cluster, anvil, new Random(seed))) {
                story.grow(blocks);
                story.growBy(LARGE_BLOCKS, LARGE_BLOCK_ACCOUNTS);
                story.lookBack(EARLIER_BLOCKS);

                int deep = story.undo(20);
                story.grow(deep / 2 + 1);
                story.lookBack(EARLIER_BLOCKS);
                story.undoneBlocksAreRefused();

                String snapshot = anvil.call("evm_snapshot").asText();
                story.grow(15);
                assertThat(anvil.call("evm_revert", snapshot).asBoolean()).isTrue();
                story.forgetTo(anvil.head());
                story.grow(18);
                story.lookBack(EARLIER_BLOCKS);
                story.undoneBlocksAreRefused();

                story.wholeStateHasItsRoot();
                story.bothPartiesHoldTheSame();
                System.out.println(story.report());
            } catch (AssertionError | RuntimeException failed) {
                throw new AssertionError(rows + ", -Dlive.seed=" + seed, failed);
            }
        }
    }

    /** With room for what the blocks add. */
    private static SnapshotPlan plan(String rows, BlockInfo base, Path folder) throws IOException {
        StringBuilder slots = new StringBuilder("address,slot,value\n");
        for (int i = 0; i < 4000; i++) {
            slots.append("0x%040x,0x0,0x1\n".formatted(i));
        }
        Path csv = Files.writeString(folder.resolve("slots.csv"), slots);
        return new SnapshotPlan(
                base,
                List.of(
                        MainnetGenesis.accounts(RowSchema.parse(rows)),
                        TablePlan.of(LiveStory.STORAGE, new Slot48(), csv)),
                MasterSeed.of(base),
                new LoadFactor(0.6),
                RunningCluster.CHUNK_ROWS);
    }
}
