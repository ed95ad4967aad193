package org.morphogen.deploy.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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
import org.morphogen.coordinator.epoch.StepWatch.Step;
import org.morphogen.deploy.cluster.ClusterPlan;
import org.morphogen.deploy.cluster.LocalCluster;
import org.morphogen.deploy.cluster.LocalParty;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.PartyStatus;
import org.morphogen.settings.ByteSize;
import org.morphogen.settings.SettingsFile;

/**
 * Party 0's coordinator and ZooKeeper are processes that are gone at once, round after round: the coordinator at each step
 * along the chain or at any moment, ZooKeeper at any moment. Party 1 knows nothing of that. After each round both must
 * stand at the last block with the same epochs, the same bytes and the right accounts.
 */
class PartyCrashIT {
    private static final long SEED = Long.getLong("morphogen.seed", 20261203);
    private static final int ACCOUNTS = 2_000;
    private static final MadeChain.Plan BLOCK = new MadeChain.Plan(30, 5, 5);
    private static final int NODES = 2;
    private static final int MOST_BLOCKS = 5;
    private static final int DEEPEST_REORGANISATION = 5;
    private static final int MOST_MILLIS = 500;
    private static final int ADDRESSES = 40;
    private static final int WINDOW = 64;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What is killed, and when. */
    private enum Kind {
        SETTLED(Step.NODE_SETTLED),
        BUILT(Step.DELTA_BUILT),
        SENT(Step.DELTA_SENT),
        ZOOKEEPER,
        APPLIED(Step.DELTA_APPLIED),
        PUBLISHED(Step.HEAD_PUBLISHED),
        SHORTENED(Step.WINDOW_SHORTENED),
        REWOUND(Step.NODES_REWOUND),
        COORDINATOR,
        ZOOKEEPER_AGAIN;

        private final Optional<Step> step;

        Kind() {
            step = Optional.empty();
        }

        Kind(Step step) {
            this.step = Optional.of(step);
        }
    }

    @TempDir
    private Path folder;

    private final MadeChain chain = new MadeChain(SEED, ACCOUNTS);
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Map<Kind, Integer> rounds = new TreeMap<>();
    private LocalCluster cluster;
    private LocalParty party;
    private Victim coordinator;
    private Victim zooKeeper;

    @BeforeEach
    void start() throws Exception {
        MadeEthereumNode ethereum = new MadeEthereumNode(chain);
        opened.add(ethereum);
        cluster =
                new LocalCluster(new ClusterPlan(Path.of("..", "morphogen"), folder, NODES, 1, new ByteSize(64 << 20)));
        opened.add(cluster);
        party = cluster.party(0);
        PartyParts other = new PartyParts(cluster.party(1), ethereum.url());
        opened.add(other);
        other.startZooKeeper();
        other.startCoordinator();
        PartyParts ours = new PartyParts(party, ethereum.url());
        opened.add(ours);
        zooKeeper = startZooKeeper();
        coordinator = startCoordinator();
        for (int node = 0; node < NODES; node++) {
            other.startNode(node);
            ours.startNode(node);
        }
        for (int number = 0; number < 2; number++) {
            Progress.publish(cluster.party(number), chain, NODES);
        }
    }

    private Victim startZooKeeper() throws IOException {
        return Victim.start(
                "ZooKeeper",
                folder.resolve("zookeeper.log"),
                "org.morphogen.deploy.launch.Main",
                List.of(
                        "zookeeper",
                        "--data=" + party.zooKeeperData(),
                        "--listen=" + party.zooKeeper(),
                        "--tick=" + PartyParts.TICK_MILLIS,
                        "--exit-with=" + ProcessHandle.current().pid()));
    }

    private Victim startCoordinator(String... until) throws IOException {
        List<String> arguments =
                new ArrayList<>(List.of(party.coordinatorSettings().toString()));
        arguments.addAll(List.of(until));
        return Victim.start(
                "the coordinator", folder.resolve("coordinator.log"), HaltingCoordinator.class.getName(), arguments);
    }

    @AfterEach
    void stop() throws Exception {
        coordinator.close();
        zooKeeper.close();
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void aPartyFindsItsEpochsAgain() throws Exception {
        rounds(20);
    }

    @Test
    @Tag("long")
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void manyTimes() throws Exception {
        rounds(Integer.getInteger("morphogen.rounds", 200));
    }

    private void rounds(int count) throws Exception {
        Kind[] kinds = Kind.values();
        for (int round = 0; round < count; round++) {
            Kind kind = kinds[round % kinds.length];
            String what = "round " + round + ", " + kind + ", seed " + SEED;
            long before = chain.last().info().number();
            crash(kind, what);
            check(Math.min(before, chain.last().info().number()) - DEEPEST_REORGANISATION, what);
            rounds.merge(kind, 1, Integer::sum);
        }
        System.out.println("crashed parties: " + rounds + ", at block "
                + chain.last().info().number());
    }

    private void crash(Kind kind, String what) throws Exception {
        switch (kind) {
            case SETTLED -> {
                coordinator.kill();
                grow();
                coordinator = startCoordinator(kind.step.orElseThrow() + " " + (1 + random.nextInt(NODES)));
                coordinator.awaitHalt(what);
                coordinator = startCoordinator();
            }
            case BUILT, SENT, APPLIED, PUBLISHED -> {
                coordinator.tell(kind.step.orElseThrow() + " " + (1 + random.nextInt(MOST_BLOCKS)));
                sometimesReorganise();
                grow(MOST_BLOCKS);
                coordinator.awaitHalt(what);
                sometimesReorganise();
                coordinator = startCoordinator();
            }
            case SHORTENED, REWOUND -> {
                grow();
                Progress.awaitHead(party, chain.last(), what);
                coordinator.tell(kind.step.orElseThrow() + " 1");
                reorganise();
                coordinator.awaitHalt(what);
                sometimesReorganise();
                coordinator = startCoordinator();
            }
            case COORDINATOR -> {
                sometimesReorganise();
                grow();
                Thread.sleep(random.nextInt(MOST_MILLIS));
                coordinator.kill();
                sometimesReorganise();
                coordinator = startCoordinator();
            }
            case ZOOKEEPER, ZOOKEEPER_AGAIN -> {
                sometimesReorganise();
                grow();
                Thread.sleep(random.nextInt(MOST_MILLIS));
                zooKeeper.kill();
                grow();
                Thread.sleep(random.nextInt(MOST_MILLIS));
                zooKeeper = startZooKeeper();
            }
        }
        grow();
    }

    private void grow() {
        grow(1 + random.nextInt(MOST_BLOCKS));
    }

    private void grow(int blocks) {
        for (int block = 0; block < blocks; block++) {
            chain.append(BLOCK);
        }
    }

    private void sometimesReorganise() {
        if (random.nextInt(3) == 0) {
            reorganise();
        }
    }

    /** Other blocks come in the place of the last ones, and one more, so that the new chain is the longer one. */
    private void reorganise() {
        long last = chain.last().info().number();
        long most = Math.min(DEEPEST_REORGANISATION, last - chain.base().info().number());
        if (most > 0) {
            int depth = 1 + (int) random.nextLong(most);
            chain.rewind(last - depth);
            grow(depth + 1);
        }
    }

    private void check(long since, String what) {
        List<PartyStatus> parties = List.of(
                Progress.awaitHead(party, chain.last(), what),
                Progress.awaitHead(cluster.party(1), chain.last(), what));
        List<Epoch> window = Progress.window(parties.get(0));
        assertThat(window).as(what).isEqualTo(Progress.window(parties.get(1)));
        assertEveryBlockIsAnEpoch(window, what);
        Progress.assertSameChunks(parties.get(0), parties.get(1), what);
        List<String> changed =
                chain.changedAfter(Math.max(since, chain.base().info().number()));
        Epoch earlier = window.get(random.nextInt(window.size()));
        untilAnswered(what, client -> {
            assertRight(client, changed, chain.last().info().number(), what);
            assertRight(client, changed, earlier.block().number(), what);
        });
    }

    /** Replicas count as away for a moment when their sessions have ended; an answer must be right at once. */
    private void untilAnswered(String what, Consumer<MorphogenClient> questions) {
        await(what)
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptionsInstanceOf(MorphogenException.class)
                .until(() -> {
                    try (MorphogenClient client = MorphogenClient.connect(
                            SettingsFile.load(cluster.clientSettings(), ClientSettings.class))) {
                        questions.accept(client);
                        return true;
                    }
                });
    }

    private void assertEveryBlockIsAnEpoch(List<Epoch> window, String what) {
        long blocks = chain.last().info().number() - chain.base().info().number();
        assertThat(window).as(what).hasSize((int) Math.min(WINDOW, blocks + 1));
        for (Epoch epoch : window) {
            String number = "0x" + Long.toHexString(epoch.block().number());
            assertThat(epoch.block())
                    .as(what)
                    .isEqualTo(chain.block(number).orElseThrow().info());
            assertThat(epoch.number())
                    .as(what)
                    .isEqualTo(epoch.block().number() - chain.base().info().number());
        }
    }

    private void assertRight(MorphogenClient client, List<String> changed, long number, String what) {
        List<String> asked = new ArrayList<>(chain.some(random, ADDRESSES / 2, number));
        for (int i = 0; i < ADDRESSES / 2; i++) {
            asked.add(changed.get(random.nextInt(changed.size())));
        }
        List<Lookup> answers = client.atBlock(number)
                .lookupAll(Progress.TABLE, asked.stream().map(Address::parse).toList());
        for (int i = 0; i < asked.size(); i++) {
            assertThat(value(answers.get(i)))
                    .as("%s: %s after block %d", what, asked.get(i), number)
                    .isEqualTo(chain.at(asked.get(i), number));
        }
    }

    private static Optional<?> value(Lookup answer) {
        return switch (answer) {
            case Found found -> Optional.of(found.value());
            case Absent _ -> Optional.empty();
        };
    }
}
