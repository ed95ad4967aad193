package org.morphogen.deploy.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.client.ClientSettings;
import org.morphogen.client.MorphogenClient;
import org.morphogen.client.lookup.Absent;
import org.morphogen.client.lookup.Address;
import org.morphogen.client.lookup.Found;
import org.morphogen.client.lookup.Lookup;
import org.morphogen.deploy.cluster.ClusterPlan;
import org.morphogen.deploy.cluster.LocalCluster;
import org.morphogen.protocol.v1.PartyStatus;
import org.morphogen.row.AccountValue;
import org.morphogen.row.RowValue;
import org.morphogen.settings.ByteSize;
import org.morphogen.settings.SettingsFile;

/**
 * Clients that look accounts up without a pause, old ones, new ones and some that never were, at two whole parties, while
 * blocks of 1500 changed accounts come ten times a second: no answer may be wrong, and none may fail.
 */
class FlatOutTest {
    private static final long SEED = Long.getLong("morphogen.seed", 20261202);
    private static final int ACCOUNTS = 20_000;
    private static final MadeChain.Plan BLOCK = new MadeChain.Plan(1350, 75, 75);
    private static final int BLOCK_MILLIS = 100;
    /** A party that lags more does not get blocks faster than it can take them. */
    private static final int MOST_BLOCKS_BEHIND = 100;

    private static final int CLIENTS = 3;
    private static final int NODES = 2;
    private static final int MOST_KEYS = 24;
    private static final int MOST_BLOCKS_BACK = 12;

    @TempDir
    private Path folder;

    private final MadeChain chain = new MadeChain(SEED, ACCOUNTS);
    private final AtomicBoolean over = new AtomicBoolean();
    private final Map<String, AtomicLong> outcomes = new ConcurrentHashMap<>();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private LocalCluster cluster;

    @BeforeEach
    void start() throws Exception {
        MadeEthereumNode ethereum = new MadeEthereumNode(chain);
        opened.add(ethereum);
        cluster =
                new LocalCluster(new ClusterPlan(Path.of("..", "morphogen"), folder, NODES, 1, new ByteSize(64 << 20)));
        opened.add(cluster);
        for (int number = 0; number < 2; number++) {
            PartyParts parts = new PartyParts(cluster.party(number), ethereum.url());
            opened.add(parts);
            parts.startZooKeeper();
            parts.startCoordinator();
            for (int node = 0; node < NODES; node++) {
                parts.startNode(node);
            }
            Progress.publish(cluster.party(number), chain, NODES);
        }
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
    }

    @Test
    @Timeout(value = 120, unit = TimeUnit.SECONDS)
    void someSeconds() throws Exception {
        run(15);
    }

    @Test
    @Tag("long")
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void manyMinutes() throws Exception {
        run(Integer.getInteger("morphogen.blocks", 3000));
    }

    private void run(int blocks) throws Exception {
        long begunNanos = System.nanoTime();
        try (MorphogenClient client =
                        MorphogenClient.connect(SettingsFile.load(cluster.clientSettings(), ClientSettings.class));
                ExecutorService threads =
                        Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                SplittableRandom random = new SplittableRandom(SEED + 1 + i);
                running.add(threads.submit(() -> ask(client, random)));
            }
            try {
                for (int block = 0; block < blocks && running.stream().noneMatch(Future::isDone); block++) {
                    Thread.sleep(BLOCK_MILLIS);
                    awaitRoom(client);
                    chain.append(BLOCK);
                }
                long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNanos);
                List<PartyStatus> parties = List.of(head(0), head(1));
                long untilHead = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNanos);
                over.set(true);
                for (Future<?> each : running) {
                    each.get();
                }
                System.out.printf(
                        "flat out: %d blocks in %d ms, all applied after %d ms, %s%n",
                        blocks, millis, untilHead, new TreeMap<>(outcomes));
                Progress.assertSameChunks(parties.get(0), parties.get(1), "seed " + SEED);
            } finally {
                over.set(true);
            }
        }
        assertThat(outcomes).as("seed %d", SEED).containsKeys("right", "right, of an older block", "right, absent");
    }

    private PartyStatus head(int party) {
        return Progress.awaitHead(cluster.party(party), chain.last(), "seed " + SEED);
    }

    private void awaitRoom(MorphogenClient client) throws InterruptedException {
        while (chain.last().info().number() - client.view().asOf().block().number() > MOST_BLOCKS_BEHIND) {
            count("waits for parties", 1);
            Thread.sleep(BLOCK_MILLIS);
        }
    }

    private void ask(MorphogenClient client, SplittableRandom random) {
        while (!over.get()) {
            long newest = client.view().asOf().block().number();
            List<String> texts = chain.some(random, 1 + random.nextInt(MOST_KEYS), newest);
            List<Address> addresses = texts.stream().map(Address::parse).toList();
            boolean older = random.nextInt(4) == 0;
            List<Lookup> answers;
            if (older) {
                long chosen = Math.max(chain.base().info().number(), newest - random.nextInt(MOST_BLOCKS_BACK));
                answers = client.atBlock(chosen).lookupAll(Progress.TABLE, addresses);
                assertThat(answers).allMatch(answer -> answer.asOf().block().number() == chosen);
            } else {
                answers = client.lookupAll(Progress.TABLE, addresses);
            }
            for (int i = 0; i < texts.size(); i++) {
                assertRight(texts.get(i), answers.get(i));
            }
            count(older ? "right, of an older block" : "right", texts.size());
            count("queries", 1);
        }
    }

    private void assertRight(String address, Lookup answer) {
        MadeChain.Block block = chain.block(
                        "0x" + Long.toHexString(answer.asOf().block().number()))
                .orElseThrow();
        assertThat(answer.asOf().block()).isEqualTo(block.info());
        Optional<AccountValue> right = chain.at(address, block.info().number());
        Optional<RowValue> found = switch (answer) {
            case Found there -> Optional.of(there.value());
            case Absent _ -> Optional.empty();
        };
        assertThat(found)
                .as("%s after block %d, seed %d", address, block.info().number(), SEED)
                .isEqualTo(right);
        if (right.isEmpty()) {
            count("right, absent", 1);
        }
    }

    private void count(String outcome, long times) {
        outcomes.computeIfAbsent(outcome, _ -> new AtomicLong()).addAndGet(times);
    }
}
