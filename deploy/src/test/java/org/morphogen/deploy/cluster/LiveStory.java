package org.morphogen.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.morphogen.client.BlockLookups;
import org.morphogen.client.MorphogenClient;
import org.morphogen.client.lookup.Absent;
import org.morphogen.client.lookup.Address;
import org.morphogen.client.lookup.Found;
import org.morphogen.client.lookup.Lookup;
import org.morphogen.client.lookup.StorageKey;
import org.morphogen.client.view.BlockChoice;
import org.morphogen.deploy.cluster.LiveTraffic.Mined;
import org.morphogen.deploy.ethereum.Anvil;
import org.morphogen.deploy.genesis.Genesis;
import org.morphogen.deploy.genesis.MainnetGenesis;
import org.morphogen.deploy.genesis.WorldState;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.AccountValue;
import org.morphogen.row.Bytes32;
import org.morphogen.row.SlotValue;
import org.morphogen.snapshot.BlockInfo;

/** Blocks of a live node, followed by two parties: each verb compares what clients read with what the node says. */
final class LiveStory implements AutoCloseable {
    static final String STORAGE = "storage";

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int WINDOW = 64;
    private static final int OTHERS = 10;
    private static final Bytes32 ZERO = Bytes32.of(new byte[Bytes32.LENGTH]);

    private final RunningCluster cluster;
    private final Anvil anvil;
    private final Random random;
    private final LiveTraffic traffic;
    private final MorphogenClient client;
    private final List<HeadTimes> heads;
    private final Latencies usual = new Latencies();
    private final Latencies large = new Latencies();
    /** Of the chain as it is. */
    private final List<Known> chain = new ArrayList<>();

    private final List<BlockInfo> undone = new ArrayList<>();
    private final Set<String> everTouched = new TreeSet<>();
    /** Number of the first block that can be asked for; what has left the window does not come back. */
    private long oldest = 1;

    private int transactions;
    private int blocks;
    private int lookups;

    LiveStory(RunningCluster cluster, Anvil anvil, Random random) throws IOException {
        this.cluster = cluster;
        this.anvil = anvil;
        this.random = random;
        this.traffic = new LiveTraffic(anvil, random, Genesis.balances());
        this.client = cluster.connect();
        this.heads = List.of(
                new HeadTimes(cluster.party(0).coordinator()),
                new HeadTimes(cluster.party(1).coordinator()));
    }

    /** Makes blocks, and reads everything that each touches. */
    void grow(int count) {
        for (int i = 0; i < count; i++) {
            follow(traffic.mine(), usual);
        }
    }

    /** The same with blocks that change so many accounts each. */
    void growBy(int count, int accounts) {
        follow(traffic.minePayer(), usual);
        for (int i = 0; i < count; i++) {
            follow(traffic.minePayments(accounts), large);
            assertThat(chain.getLast().touched()).hasSizeGreaterThanOrEqualTo(accounts);
        }
    }

    private void follow(Mined made, Latencies latencies) {
        blocks++;
        transactions += made.transactions();
        for (int party = 0; party < 2; party++) {
            long nanos = heads.get(party).await(made.block().hash(), PATIENCE);
            latencies.add(party, nanos - made.orderedNanos(), nanos - made.madeNanos());
        }
        long startNanos = System.nanoTime();
        Known known = new Known(made.block(), traffic.touched(made.block()));
        latencies.addTrace(System.nanoTime() - startNanos);
        chain.add(known);
        oldest = Math.max(oldest, known.block().number() - WINDOW + 1);
        everTouched.addAll(known.touched());
        awaitClient(known.block());
        compare(new BlockChoice.OfHash(Bytes32.parse(known.block().hash())), known, known.touched());
        compareNewest(known);
    }

    /** A block, and the accounts that have to do with it. */
    private record Known(BlockInfo block, Set<String> touched) {}

    private void awaitClient(BlockInfo block) {
        await().atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .ignoreExceptionsInstanceOf(MorphogenException.class)
                .until(() -> client.view().asOf().block().equals(block));
    }

    /** Reads the same, and other accounts, at some earlier blocks, by number and by hash. */
    void lookBack(int count) {
        List<Known> window =
                chain.stream().filter(block -> block.block().number() >= oldest).toList();
        List<String> others = new ArrayList<>(everTouched);
        for (int i = 0; i < count; i++) {
            Known earlier = window.get(random.nextInt(window.size()));
            Set<String> asked = new TreeSet<>(earlier.touched());
            for (int other = 0; other < OTHERS; other++) {
                asked.add(others.get(random.nextInt(others.size())));
            }
            compare(new BlockChoice.OfNumber(earlier.block().number()), earlier, asked);
            compare(new BlockChoice.OfHash(Bytes32.parse(earlier.block().hash())), earlier, asked);
        }
    }

    /** Has the node go back by some blocks; gives by how many. */
    int undo(int most) {
        int depth = 1 + random.nextInt(most);
        anvil.call("anvil_rollback", depth);
        forgetTo(anvil.head());
        return depth;
    }

    /** The node has gone back to that block. */
    void forgetTo(BlockInfo head) {
        while (!chain.getLast().block().equals(head)) {
            undone.add(chain.removeLast().block());
        }
    }

    /** Blocks that are no more have a named error. */
    void undoneBlocksAreRefused() {
        assertThat(undone).isNotEmpty();
        for (BlockInfo gone : undone) {
            assertThatThrownBy(() -> client.atBlock(Bytes32.parse(gone.hash()))
                            .lookup(MainnetGenesis.TABLE, Address.of(new byte[20])))
                    .as("undone %s", gone)
                    .isInstanceOfSatisfying(
                            MorphogenException.class,
                            failure -> assertThat(failure.reason()).isEqualTo(FailureReason.EPOCH_OUTSIDE_WINDOW));
        }
    }

    /** Every account there is, read privately, makes up the state root of the newest block. */
    void wholeStateHasItsRoot() throws IOException {
        BlockInfo head = chain.getLast().block();
        Set<String> all = new TreeSet<>(Genesis.balances().keySet());
        all.addAll(everTouched);
        List<String> asked = List.copyOf(all);
        List<Lookup> found = client.atBlock(head.number())
                .lookupAll(
                        MainnetGenesis.TABLE, asked.stream().map(Address::parse).toList());
        lookups += found.size();
        Map<String, AccountValue> accounts = new TreeMap<>();
        for (int i = 0; i < asked.size(); i++) {
            if (found.get(i) instanceof Found there) {
                accounts.put(asked.get(i), (AccountValue) there.value());
            }
        }
        NodeAccounts.leftovers(anvil).forEach(address -> accounts.putIfAbsent(address, NodeAccounts.EMPTY));
        Map<String, Bytes32> storage = new HashMap<>();
        NodeAccounts node = new NodeAccounts(anvil, head.number());
        traffic.contracts().forEach(contract -> storage.put(contract, node.storageRoot(contract)));
        assertThat(WorldState.stateRoot(accounts, storage))
                .as("state root of %s", head)
                .isEqualTo(head.stateRoot());
    }

    /** Both parties have the same digests, at the head and at an earlier block. */
    void bothPartiesHoldTheSame() throws IOException {
        long head = chain.getLast().block().number();
        for (long block : new long[] {head, (head + oldest) / 2, oldest}) {
            String[] options = {"--block=" + block};
            assertThat(cluster.digests(0, options).get("allChunks"))
                    .isEqualTo(cluster.digests(1, options).get("allChunks"));
            System.out.println("block " + block + ", all chunks of both parties: "
                    + cluster.digests(0, options).get("allChunks").asText());
        }
    }

    /** For people. */
    String report() {
        return "%d blocks, %d of them undone, %d transactions, %d contracts, %d accounts touched, %d lookups\n"
                        .formatted(
                                blocks,
                                undone.size(),
                                transactions,
                                traffic.contracts().size(),
                                everTouched.size(),
                                lookups)
                + "usual blocks\n" + usual + "large blocks\n" + large;
    }

    private void compareNewest(Known head) {
        String one = head.touched().iterator().next();
        Lookup lookup = client.lookup(MainnetGenesis.TABLE, Address.parse(one));
        assertThat(lookup.asOf().block()).isEqualTo(head.block());
        requireEqual(one, lookup, new NodeAccounts(anvil, head.block().number()));
    }

    private void compare(BlockChoice choice, Known at, Set<String> asked) {
        BlockLookups state = client.atBlock(choice);
        NodeAccounts node = new NodeAccounts(anvil, at.block().number());
        List<String> addresses = List.copyOf(asked);
        List<Lookup> found = state.lookupAll(
                MainnetGenesis.TABLE, addresses.stream().map(Address::parse).toList());
        lookups += found.size();
        for (int i = 0; i < found.size(); i++) {
            assertThat(found.get(i).asOf().block()).isEqualTo(at.block());
            requireEqual(addresses.get(i), found.get(i), node);
        }
        traffic.contracts().stream().filter(asked::contains).forEach(contract -> compareSlots(state, node, contract));
    }

    /**
     * An account that becomes empty is deleted. Two are empty from the beginning: whether they are there still, the
     * state root tells.
     */
    private void requireEqual(String address, Lookup lookup, NodeAccounts node) {
        AccountValue expected = node.account(address);
        switch (lookup) {
            case Found found -> {
                assertThat(found.value())
                        .as("%s at block %d", address, node.block())
                        .isEqualTo(expected);
                if (!traffic.empty().contains(address)) {
                    assertThat(expected)
                            .as("%s, found at block %d", address, node.block())
                            .isNotEqualTo(NodeAccounts.EMPTY);
                }
            }
            case Absent _ ->
                assertThat(expected)
                        .as("%s, absent at block %d", address, node.block())
                        .isEqualTo(NodeAccounts.EMPTY);
        }
    }

    /** Of contracts that are there: which slots go with a contract that destroys itself, the node does not tell. */
    private void compareSlots(BlockLookups state, NodeAccounts node, String contract) {
        if (node.account(contract).codeHash().equals(NodeAccounts.EMPTY.codeHash())) {
            return;
        }
        List<StorageKey> keys = new ArrayList<>();
        for (int slot = 0; slot <= LiveTraffic.SLOTS; slot++) {
            keys.add(StorageKey.of(Address.parse(contract), LiveTraffic.slot(slot)));
        }
        List<Lookup> found = state.lookupAll(STORAGE, keys);
        lookups += found.size();
        for (int slot = 0; slot <= LiveTraffic.SLOTS; slot++) {
            Bytes32 word = switch (found.get(slot)) {
                case Found there -> ((SlotValue) there.value()).value();
                case Absent _ -> ZERO;
            };
            assertThat(word)
                    .as("slot %d of %s at block %d", slot, contract, node.block())
                    .isEqualTo(node.slot(contract, LiveTraffic.slot(slot)));
        }
    }

    @Override
    public void close() {
        heads.forEach(HeadTimes::close);
        client.close();
    }
}
