package org.morphogen.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.client.MorphogenClient;
import org.morphogen.client.lookup.Address;
import org.morphogen.client.lookup.Found;
import org.morphogen.client.lookup.Lookup;
import org.morphogen.client.lookup.LookupKey;
import org.morphogen.client.lookup.StorageKey;
import org.morphogen.coordinator.building.MasterSeed;
import org.morphogen.coordinator.building.SnapshotPlan;
import org.morphogen.coordinator.building.TablePlan;
import org.morphogen.coordinator.building.cuckoo.LoadFactor;
import org.morphogen.coordinator.feed.FeedStep;
import org.morphogen.coordinator.feed.RecordedFeed;
import org.morphogen.coordinator.feed.Wanted;
import org.morphogen.deploy.genesis.ContractBlocks;
import org.morphogen.deploy.genesis.Genesis;
import org.morphogen.deploy.genesis.MainnetGenesis;
import org.morphogen.deploy.genesis.WorldState;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.Account32;
import org.morphogen.row.RowValue;
import org.morphogen.row.Slot48;
import org.morphogen.row.SlotValue;
import org.morphogen.snapshot.BlockInfo;

/** Two parties that follow recorded blocks upon the genesis state, contracts among them, all of them processes. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ChainIT {
    private static final String STORAGE = "storage";

    @TempDir
    private static Path folder = Path.of("");

    private RunningCluster cluster;
    private final WorldState state = state();
    private final Set<String> touched = new TreeSet<>();

    @BeforeAll
    void startCluster() throws IOException, InterruptedException {
        Path blocks = ContractBlocks.write(folder.resolve("blocks.jsonl"));
        replay(blocks);
        cluster = RunningCluster.start(folder, 2, 1);
        cluster.follow("blockFile", blocks.toString());
        cluster.publish(plan());
    }

    private static WorldState state() {
        try {
            return WorldState.of(Genesis.balances());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static SnapshotPlan plan() throws IOException {
        Path none = Files.writeString(folder.resolve("slots.csv"), "address,slot,value\n");
        return new SnapshotPlan(
                ContractBlocks.BASE,
                List.of(MainnetGenesis.accounts(new Account32()), TablePlan.of(STORAGE, new Slot48(), none)),
                MasterSeed.of(ContractBlocks.BASE),
                LoadFactor.USUAL,
                RunningCluster.CHUNK_ROWS);
    }

    /** What accounts and slots are after the last block; its state root tells that this is so. */
    private void replay(Path blocks) throws InterruptedException {
        List<BlockInfo> applied = new ArrayList<>(List.of(ContractBlocks.BASE));
        try (RecordedFeed feed = new RecordedFeed(blocks)) {
            while (feed.next(applied, Wanted.ACCOUNTS_AND_SLOTS, Duration.ZERO) instanceof FeedStep.Append append) {
                state.apply(append.changes());
                applied.add(append.changes().block());
                append.changes()
                        .accounts()
                        .forEach(change -> touched.add(change.address().toString()));
            }
        }
        assertThat(state.stateRoot()).isEqualTo(applied.getLast().stateRoot());
    }

    @AfterAll
    void stopCluster() throws IOException {
        cluster.close();
    }

    @Test
    @Order(1)
    void everyTouchedAccountAndSlotIsAsTheNodeSays() {
        for (int party = 0; party < 2; party++) {
            cluster.awaitHead(party, ContractBlocks.LAST);
        }
        try (MorphogenClient client = cluster.connect()) {
            assertRight(client);
        }
    }

    @Test
    @Order(2)
    void killedNodesAndCoordinatorsFindTheirEpochsAgain() {
        cluster.party(0).killCoordinator();
        cluster.killNode(1, 0);
        cluster.party(0).killNode(1);
        cluster.party(0).startCoordinator();
        cluster.party(1).startNode(0);
        cluster.party(0).startNode(1);
        for (int party = 0; party < 2; party++) {
            cluster.awaitAllReplicasReady(party);
        }
        try (MorphogenClient client = cluster.connect()) {
            await().atMost(Duration.ofSeconds(30))
                    .ignoreExceptionsInstanceOf(MorphogenException.class)
                    .untilAsserted(() -> assertRight(client));
        }
    }

    @Test
    @Order(3)
    void bothPartiesHoldTheSameAtEveryEpoch() throws Exception {
        Set<String> different = new TreeSet<>();
        for (long block = ContractBlocks.BASE.number(); block <= ContractBlocks.LAST; block++) {
            String digest =
                    cluster.digests(0, "--block=" + block).get("allChunks").asText();
            assertThat(digest)
                    .as("block %d", block)
                    .hasSize(64)
                    .isEqualTo(cluster.digests(1, "--block=" + block)
                            .get("allChunks")
                            .asText());
            different.add(digest);
        }
        assertThat(different).hasSize(13);
    }

    private void assertRight(MorphogenClient client) {
        assertThat(touched).hasSizeGreaterThan(100);
        List<Address> accounts = touched.stream().map(Address::parse).toList();
        assertRight(
                client,
                MainnetGenesis.TABLE,
                accounts,
                touched.stream().map(state.accounts()::get).toList());
        List<StorageKey> keys = new ArrayList<>();
        List<SlotValue> words = new ArrayList<>();
        state.slots()
                .forEach((address, slots) -> slots.forEach((slot, word) -> {
                    keys.add(StorageKey.of(Address.parse(address), slot));
                    words.add(new SlotValue(word));
                }));
        assertThat(keys).hasSizeGreaterThan(5);
        assertRight(client, STORAGE, keys, words);
    }

    private static void assertRight(
            MorphogenClient client, String table, List<? extends LookupKey> keys, List<? extends RowValue> expected) {
        List<Lookup> lookups = client.lookupAll(table, keys);
        assertThat(lookups)
                .allMatch(lookup -> lookup.asOf().block().number() == ContractBlocks.LAST)
                .allMatch(Found.class::isInstance);
        List<RowValue> values =
                lookups.stream().map(lookup -> ((Found) lookup).value()).toList();
        assertThat(values).isEqualTo(expected);
    }
}
