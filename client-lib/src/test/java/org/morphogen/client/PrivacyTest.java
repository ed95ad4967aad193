package org.morphogen.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.addressing.TableAddressing;
import org.morphogen.client.lookup.LookupKey;
import org.morphogen.client.lookup.ReplicaOrder;
import org.morphogen.client.party.FakeChain;
import org.morphogen.client.party.FakeCoordinator;
import org.morphogen.client.party.FakeNode;
import org.morphogen.client.party.FakeNode.Received;
import org.morphogen.client.party.FakeParty;
import org.morphogen.client.party.FakeSnapshot;
import org.morphogen.client.party.FakeTable;
import org.morphogen.client.party.FakeTable.Entry;
import org.morphogen.client.party.Layout;
import org.morphogen.client.party.Reaction;
import org.morphogen.client.party.TwoParties;
import org.morphogen.client.view.BlockChoice;
import org.morphogen.failure.FailureReason;
import org.morphogen.protocol.v1.FetchRequest;
import org.morphogen.protocol.v1.QueryRequest;
import org.morphogen.protocol.v1.WayKeys;
import org.morphogen.row.Account32;
import org.morphogen.row.RowTag;

/**
 * What a party's servers receive is the same whatever is looked up: destinations, streams, number, order and size of
 * messages, and every field but the random bytes of the keys.
 */
@Timeout(120)
final class PrivacyTest {
    private static final FakeSnapshot SNAPSHOT = FakeSnapshot.of(41);
    private static final ReplicaOrder AS_LISTED = ready -> ready;
    private static final int TARGETS = 16;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private TwoParties parties;

    @BeforeEach
    void start() {
        // Three shards on two nodes: nodes have several shards on one stream, so the order of messages matters.
        parties = TwoParties.start(SNAPSHOT, new Layout(3, 2, 2));
    }

    @AfterEach
    void stop() {
        parties.close();
    }

    /** One message as a server saw it, its keys replaced by as many zeros. */
    record Message(int stream, int bytes, QueryRequest withoutKeys) {}

    /** All that the servers of one party saw while one client lived. */
    record Transcript(List<List<Message>> nodes, List<List<FetchRequest>> coordinators) {}

    @Test
    void aSingleLookupLooksTheSameForAnyTarget() {
        Transcripts first = transcripts("accounts", List.of(present()));
        assertThat(first.party0().nodes().get(0)).isNotEmpty();
        for (int i = 0; i < TARGETS; i++) {
            LookupKey target = i % 2 == 0 ? present() : FakeSnapshot.randomAddress(random);

            assertThat(transcripts("accounts", List.of(target)))
                    .as("seed %d, target %d", seed, i)
                    .isEqualTo(first);
        }
    }

    @Test
    void aBatchLooksTheSameForAnyTargets() {
        Transcripts first =
                transcripts("accounts", Stream.generate(this::present).limit(20).toList());
        LookupKey one = present();
        List<List<LookupKey>> batches = new ArrayList<>();
        batches.add(Collections.nCopies(20, one));
        batches.add(Collections.nCopies(20, FakeSnapshot.randomAddress(random)));
        for (int i = 0; i < TARGETS; i++) {
            batches.add(Stream.generate(() -> random.nextBoolean() ? present() : FakeSnapshot.randomAddress(random))
                    .limit(20)
                    .toList());
        }
        for (List<LookupKey> batch : batches) {
            assertThat(transcripts("accounts", batch)).as("seed %d", seed).isEqualTo(first);
        }
    }

    @Test
    void aBatchOfManyMessagesLooksTheSameForAnyTargets() {
        List<LookupKey> allPresent = Stream.generate(this::present).limit(200).toList();
        List<LookupKey> allAbsent = Stream.generate(() -> (LookupKey) FakeSnapshot.randomAddress(random))
                .limit(200)
                .toList();

        Transcripts first = transcripts("accounts", allPresent);

        assertThat(first.party0().nodes().get(0)).hasSizeGreaterThan(2);
        assertThat(transcripts("accounts", allAbsent)).as("seed %d", seed).isEqualTo(first);
        assertThat(transcripts("accounts", Collections.nCopies(200, allPresent.getFirst())))
                .as("seed %d", seed)
                .isEqualTo(first);
    }

    @Test
    void aSpoiltRowLooksTheSameAsAnyOther() {
        // A party may spoil the row of one key on purpose, to see whose batches break off.
        FakeSnapshot spoilt = FakeSnapshot.of(42);
        Entry victim = spoilt.table("accounts").entries().getFirst();
        spoilCodeId(spoilt.table("accounts"), victim.key());
        parties.close();
        parties = TwoParties.start(spoilt, new Layout(3, 2, 2));
        List<LookupKey> targets = new ArrayList<>(Stream.generate(() -> (LookupKey) FakeSnapshot.randomAddress(random))
                .limit(8 * 64)
                .toList());
        Transcripts first = transcripts("accounts", targets);

        targets.set(0, victim.key());

        assertThat(transcripts("accounts", targets)).as("seed %d", seed).isEqualTo(first);
        try (MorphogenClient client = MorphogenClient.connect(settings())) {
            assertThatThrownBy(() -> client.lookupAll("accounts", targets)).hasMessageContaining("code id");
        }
    }

    /** Makes the key's row point outside the dictionary. */
    private static void spoilCodeId(FakeTable table, LookupKey key) {
        TableAddressing addressing =
                new TableAddressing(table.seeds(), table.geometry().rowsPerWay());
        for (int way = 0; way < table.rows().size(); way++) {
            byte[] rows = table.rows().get(way);
            int at = (int) addressing.row(way, key.secretBytes()) * Account32.ROW_BYTES;
            if (RowTag.read(rows, at) == addressing.tag(key.secretBytes())) {
                rows[at + Account32.ROW_BYTES - 4] = 0x7f;
            }
        }
    }

    @Test
    void aRetryLooksTheSameForAnyTarget() {
        // One shard a node: what reaches a node of several before its stream breaks is a matter of milliseconds.
        parties.close();
        parties = TwoParties.start(SNAPSHOT, Layout.TWO_BY_TWO);
        parties.party0().nodes().get(0).react(Reaction.DIE);
        parties.party1().nodes().get(2).react(Reaction.failing(FailureReason.BUSY));
        Transcripts first = transcripts("accounts", List.of(present()));
        assertThat(first.party0().nodes().get(1)).isNotEmpty();
        assertThat(first.party1().nodes().get(3)).isNotEmpty();
        for (int i = 0; i < TARGETS; i++) {
            LookupKey target = i % 2 == 0 ? present() : FakeSnapshot.randomAddress(random);

            assertThat(transcripts("accounts", List.of(target)))
                    .as("seed %d, target %d", seed, i)
                    .isEqualTo(first);
        }
    }

    @Test
    void aFailedLookupLooksTheSameForAnyTarget() {
        // Fails only when all six messages of a lookup have come; the client may drop the others once one has failed.
        Reaction failing = Reaction.failing(FailureReason.REQUEST_INVALID);
        Reaction failingLast = (query, matrix, answers) -> Thread.startVirtualThread(() -> {
            await().until(() -> parties.queries() % 6 == 0);
            synchronized (answers) {
                failing.to(query, matrix, answers);
            }
        });
        parties.party1().nodes().forEach(node -> node.react(failingLast));
        Transcripts first = transcripts("accounts", List.of(present()));

        assertThat(transcripts("accounts", List.of(FakeSnapshot.randomAddress(random))))
                .as("seed %d", seed)
                .isEqualTo(first);
    }

    @Test
    void aLookupOfAnyBlockIsAsLongAsAnyOther() {
        // Among them numbers that other encodings would write in no, one or two bytes.
        FakeChain chain = FakeChain.of(SNAPSHOT).grow(200, seed);
        parties.both().forEach(party -> party.serve(chain));
        Transcripts latest = transcripts("accounts", List.of(present(), present()));
        for (long epoch : List.of(0, 1, 127, 128, 199, random.nextInt(200))) {
            BlockChoice block = new BlockChoice.OfNumber(FakeSnapshot.BLOCK.number() + epoch);

            Transcripts first = transcripts("accounts", List.of(present(), present()), block);

            assertThat(first.sizes()).as("seed %d, epoch %d", seed, epoch).isEqualTo(latest.sizes());
            assertThat(transcripts("accounts", List.of(FakeSnapshot.randomAddress(random), present()), block))
                    .as("seed %d, epoch %d", seed, epoch)
                    .isEqualTo(first);
        }
    }

    @Test
    void aBlockThatCannotBeAskedForLeavesNoMessage() {
        Transcripts refused = transcripts("accounts", List.of(present()), new BlockChoice.OfNumber(5));

        assertThat(refused.sizes()).allSatisfy(node -> assertThat(node).isEmpty());
    }

    @Test
    void keysOfDifferentLengthsLookTheSame() {
        List<Entry> blobs = SNAPSHOT.table("blobs").entries();
        Transcripts first = transcripts("blobs", List.of(blobs.getFirst().key()));
        for (Entry blob : blobs) {
            assertThat(transcripts("blobs", List.of(blob.key()))).isEqualTo(first);
        }
    }

    @Test
    void whatIsPublicDoesShow() {
        LookupKey target = present();
        Transcripts single = transcripts("accounts", List.of(target));

        assertThat(transcripts("accounts", List.of(target, target))).isNotEqualTo(single);
        assertThat(transcripts(
                        "storage",
                        List.of(SNAPSHOT.table("storage").entries().getFirst().key())))
                .isNotEqualTo(single);
    }

    @Test
    void allMessagesOfAShardCarryOneKeyAWayOfEachLookup() {
        transcripts("accounts", Stream.generate(this::present).limit(5).toList());

        for (FakeParty party : parties.both()) {
            Set<Integer> ways = new HashSet<>();
            for (FakeNode node : party.nodes()) {
                for (Received received : node.received()) {
                    assertThat(received.query().getWaysList())
                            .allSatisfy(way -> assertThat(way.getKeysList())
                                    .hasSize(5)
                                    .extracting(ByteString::size)
                                    .containsOnly(received.query()
                                            .getWays(0)
                                            .getKeys(0)
                                            .size()));
                    received.query().getWaysList().forEach(way -> ways.add(way.getWay()));
                }
            }
            assertThat(ways).containsExactlyInAnyOrder(0, 1, 2);
        }
    }

    @Test
    void twoLookupsOfOneTargetShareNoKey() {
        LookupKey target = present();
        transcripts("accounts", List.of(target));
        Set<ByteString> first = keys();
        transcripts("accounts", List.of(target, target));

        Set<ByteString> all = keys();

        // For each of three ways and two parties, one key in the first round and two in the second.
        assertThat(first).hasSize(6);
        assertThat(all).hasSize(18);
    }

    private LookupKey present() {
        List<Entry> entries = SNAPSHOT.table("accounts").entries();
        return entries.get(random.nextInt(entries.size())).key();
    }

    private Set<ByteString> keys() {
        Set<ByteString> keys = new HashSet<>();
        for (FakeParty party : parties.both()) {
            for (FakeNode node : party.nodes()) {
                node.received()
                        .forEach(received ->
                                received.query().getWaysList().forEach(way -> keys.addAll(way.getKeysList())));
            }
        }
        return keys;
    }

    /** What both parties saw. */
    record Transcripts(Transcript party0, Transcript party1) {
        /** By node, what somebody sees of the messages who cannot read them. */
        List<List<Integer>> sizes() {
            return Stream.of(party0, party1)
                    .flatMap(party -> party.nodes().stream())
                    .map(node -> node.stream().map(Message::bytes).toList())
                    .toList();
        }
    }

    /** What both parties see of a client that is new to them and does this lookup. */
    private Transcripts transcripts(String table, List<? extends LookupKey> targets) {
        return transcripts(table, targets, BlockChoice.LATEST);
    }

    private Transcripts transcripts(String table, List<? extends LookupKey> targets, BlockChoice block) {
        List<List<Received>> queriesBefore = receivedByAll();
        List<List<FetchRequest>> fetchesBefore = fetchedByAll();
        try (MorphogenClient client = MorphogenClient.connect(settings(), AS_LISTED)) {
            client.atBlock(block)
                    .lookupAllAsync(table, targets)
                    .exceptionally(failure -> List.of())
                    .join();
        }
        List<List<Message>> nodes = newOnes(queriesBefore, receivedByAll()).stream()
                .map(PrivacyTest::messages)
                .toList();
        List<List<FetchRequest>> coordinators = newOnes(fetchesBefore, fetchedByAll());
        int nodesOfParty0 = parties.party0().nodes().size();
        int coordinatorsOfParty0 = parties.party0().coordinators().size();
        return new Transcripts(
                new Transcript(nodes.subList(0, nodesOfParty0), coordinators.subList(0, coordinatorsOfParty0)),
                new Transcript(
                        nodes.subList(nodesOfParty0, nodes.size()),
                        coordinators.subList(coordinatorsOfParty0, coordinators.size())));
    }

    /** Messages of at most 64 lookups. */
    private ClientSettings settings() {
        ClientSettings all = parties.settings();
        return new ClientSettings(
                all.party0(), all.party1(), all.connectTimeout(), all.lookupDeadline(), all.maxAttempts(), 64);
    }

    private List<List<Received>> receivedByAll() {
        return parties.both().stream()
                .flatMap(party -> party.nodes().stream())
                .map(FakeNode::received)
                .toList();
    }

    private List<List<FetchRequest>> fetchedByAll() {
        return parties.both().stream()
                .flatMap(party -> party.coordinators().stream())
                .map(FakeCoordinator::fetches)
                .toList();
    }

    private static <T> List<List<T>> newOnes(List<List<T>> before, List<List<T>> after) {
        List<List<T>> added = new ArrayList<>();
        for (int i = 0; i < after.size(); i++) {
            added.add(after.get(i).subList(before.get(i).size(), after.get(i).size()));
        }
        return added;
    }

    /** Streams are counted from the client's first. */
    private static List<Message> messages(List<Received> received) {
        int firstStream = received.isEmpty() ? 0 : received.getFirst().stream();
        return received.stream()
                .map(one -> new Message(
                        one.stream() - firstStream, one.query().getSerializedSize(), withoutKeys(one.query())))
                .toList();
    }

    private static QueryRequest withoutKeys(QueryRequest query) {
        QueryRequest.Builder redacted = query.toBuilder();
        for (WayKeys.Builder way : redacted.getWaysBuilderList()) {
            for (int i = 0; i < way.getKeysCount(); i++) {
                way.setKeys(i, ByteString.copyFrom(new byte[way.getKeys(i).size()]));
            }
        }
        return redacted.build();
    }
}
