package org.morphogen.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.client.lookup.Found;
import org.morphogen.client.lookup.Lookup;
import org.morphogen.client.party.FakeChain;
import org.morphogen.client.party.FakeChain.FakeEpoch;
import org.morphogen.client.party.FakeNode;
import org.morphogen.client.party.FakeParty;
import org.morphogen.client.party.FakeSnapshot;
import org.morphogen.client.party.FakeTable.Entry;
import org.morphogen.client.party.Layout;
import org.morphogen.client.party.TwoParties;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.DictionaryRequest;
import org.morphogen.protocol.v1.DictionaryResponse;
import org.morphogen.row.AccountValue;

/** Accounts whose code came after the snapshot: rows name it by an id that only the grown dictionary has. */
@Timeout(60)
final class DictionariesTest {
    private static final FakeSnapshot SNAPSHOT = FakeSnapshot.of(91);
    private static final FakeChain CHAIN = FakeChain.of(SNAPSHOT).grow(20, 92);
    private static final FakeChain FORK = CHAIN.upTo(11).grow(9, 93);

    private TwoParties parties;

    @BeforeEach
    void start() {
        parties = TwoParties.start(SNAPSHOT, new Layout(2, 1, 2));
    }

    @AfterEach
    void stop() {
        parties.close();
    }

    @Test
    void findsCodesThatCameWithBlocksAtEveryEpochAndThroughAReorganisation() {
        serve(CHAIN.upTo(9));
        try (MorphogenClient client = MorphogenClient.connect(parties.settings())) {
            assertRight(client, CHAIN.upTo(9));
            for (FakeChain next : List.of(CHAIN.upTo(10), CHAIN, FORK, FORK.upTo(12), CHAIN)) {
                serveTo(client, next);
                assertRight(client, next);
            }
        }
    }

    @Test
    void asksTheSameWhateverIsLookedUp() {
        serve(CHAIN);
        try (MorphogenClient client = MorphogenClient.connect(parties.settings())) {
            client.lookup("accounts", FakeSnapshot.randomAddress(new Random(5)));
            List<DictionaryRequest> forAbsent = requests();
            for (Entry entry : CHAIN.head().state().table("accounts").entries()) {
                client.lookup("accounts", entry.key());
            }
            assertThat(requests()).as("once for a head").isEqualTo(forAbsent).hasSize(2);
            assertThat(forAbsent).allMatch(request -> request.getFirst() == 4 && request.getEpoch() == 20);
            client.lookup(
                    "storage", SNAPSHOT.table("storage").entries().getFirst().key());
            assertThat(requests()).hasSize(2);
        }
    }

    @Test
    void readsOnlyWhatIsNewAndDoesNotTellWhatItHas() {
        FakeChain many = CHAIN.addCodes(3000, 94);
        List<FakeChain> served = List.of(CHAIN, many, many.grow(3, 95), many.addCodes(100, 96));
        try (MorphogenClient client = MorphogenClient.connect(parties.settings())) {
            for (FakeChain next : served) {
                serveTo(client, next);
                assertRight(client, next);
            }
        }
        // In steps of 1024 from the end of the snapshot's four on.
        assertThat(requests().stream().map(DictionaryRequest::getFirst).distinct())
                .containsExactlyInAnyOrder(4, 4 + 2048);
    }

    @Test
    void whatBothHaveToldStaysThoughALaterReadFails() {
        FakeChain many = CHAIN.addCodes(3000, 94);
        FakeChain next = many.grow(4, 95);
        try (MorphogenClient client = MorphogenClient.connect(parties.settings())) {
            serveTo(client, many);
            assertRight(client, many);
            tell(parties.party1(), page -> page.toBuilder().clearDigest().build());
            serveTo(client, next);
            Entry entry = SNAPSHOT.table("accounts").entries().getFirst();
            assertThat(catchThrowableOfType(MorphogenException.class, () -> client.lookup("accounts", entry.key())))
                    .extracting(MorphogenException::reason)
                    .isEqualTo(FailureReason.PARTY_MISBEHAVES);
            tell(parties.party1(), UnaryOperator.identity());
            assertRight(client, next);
        }
        long head = next.head().epoch().number();
        assertThat(requests().stream().filter(request -> request.getEpoch() == head))
                .isNotEmpty()
                .allMatch(request -> request.getFirst() == 4 + 2048);
    }

    private void serveTo(MorphogenClient client, FakeChain chain) {
        serve(chain);
        await().until(() ->
                client.view().asOf().block().equals(chain.head().epoch().block()));
    }

    @Test
    void asksNothingWhileNoBlockHasCome() {
        try (MorphogenClient client = MorphogenClient.connect(parties.settings())) {
            client.lookup(
                    "accounts", SNAPSHOT.table("accounts").entries().getFirst().key());
        }
        assertThat(requests()).isEmpty();
    }

    @Test
    void partiesThatTellDifferentDictionariesAreRefused() {
        serve(CHAIN);
        tell(
                parties.party1(),
                page -> page.toBuilder()
                        .setEntries(4)
                        .setDigest(ByteString.copyFrom(SNAPSHOT.manifest()
                                .table("accounts")
                                .flatMap(table -> table.dictionary())
                                .map(entry -> HexFormat.of().parseHex(entry.sha256()))
                                .orElseThrow()))
                        .clearCodeHashes()
                        .build());
        assertRefused(FailureReason.PARTIES_DISAGREE, "dictionary of table accounts at epoch 20");
        tell(parties.party1(), UnaryOperator.identity());
        try (MorphogenClient client = MorphogenClient.connect(parties.settings())) {
            assertRight(client, CHAIN);
        }
    }

    @Test
    void aPartyThatContradictsItselfIsNamed() {
        serve(CHAIN);
        tell(
                parties.party0(),
                page -> page.toBuilder()
                        .setCodeHashes(ByteString.copyFrom(
                                new byte[page.getCodeHashes().size()]))
                        .build());
        assertRefused(FailureReason.PARTY_MISBEHAVES, "Party 0 told a dictionary");
        tell(parties.party0(), page -> page.toBuilder().setEntries(1 << 30).build());
        assertRefused(FailureReason.PARTY_MISBEHAVES, "Party 0 told a dictionary");
        tell(parties.party0(), page -> page.toBuilder().clearCodeHashes().build());
        assertRefused(FailureReason.PARTY_MISBEHAVES, "Party 0 told a dictionary");
    }

    @Test
    void oneNodeThatLiesOrLagsIsPassedOver() {
        serve(CHAIN);
        parties.party0()
                .nodes()
                .getFirst()
                .tellOfDictionaries(page -> page.toBuilder().clearDigest().build());
        for (int i = 0; i < 5; i++) {
            try (MorphogenClient client = MorphogenClient.connect(parties.settings())) {
                assertRight(client, CHAIN);
            }
        }
    }

    @Test
    void aFailureIsNotRemembered() {
        serve(CHAIN);
        try (MorphogenClient client = MorphogenClient.connect(parties.settings())) {
            tell(parties.party1(), page -> page.toBuilder().clearDigest().build());
            Entry entry = SNAPSHOT.table("accounts").entries().getFirst();
            assertThat(catchThrowableOfType(MorphogenException.class, () -> client.lookup("accounts", entry.key())))
                    .extracting(MorphogenException::reason)
                    .isEqualTo(FailureReason.PARTY_MISBEHAVES);
            tell(parties.party1(), UnaryOperator.identity());
            assertRight(client, CHAIN);
        }
    }

    private void assertRefused(FailureReason reason, String text) {
        try (MorphogenClient client = MorphogenClient.connect(parties.settings())) {
            for (var key : List.of(
                    SNAPSHOT.table("accounts").entries().getFirst().key(), FakeSnapshot.randomAddress(new Random(6)))) {
                MorphogenException refusal =
                        catchThrowableOfType(MorphogenException.class, () -> client.lookup("accounts", key));
                assertThat(refusal).hasMessageContaining(text);
                assertThat(refusal.reason()).isEqualTo(reason);
            }
        }
    }

    private void serve(FakeChain chain) {
        parties.both().forEach(party -> party.serve(chain));
    }

    private static void tell(FakeParty party, UnaryOperator<DictionaryResponse> lie) {
        party.nodes().forEach(node -> node.tellOfDictionaries(lie));
    }

    private List<DictionaryRequest> requests() {
        return parties.both().stream()
                .flatMap(party -> party.nodes().stream())
                .map(FakeNode::dictionaryRequests)
                .flatMap(List::stream)
                .toList();
    }

    /** Many accounts at the newest epoch, and some at other epochs of the window. */
    private static void assertRight(MorphogenClient client, FakeChain chain) {
        assertRight(client.atBlock(chain.head().epoch().block().number()), chain.head(), 150);
        for (int at = 0; at < chain.states().size(); at += 4) {
            FakeEpoch epoch = chain.states().get(at);
            assertRight(client.atBlock(epoch.epoch().block().number()), epoch, 6);
        }
    }

    private static void assertRight(BlockLookups lookups, FakeEpoch epoch, int count) {
        List<Entry> expected = epoch.state().table("accounts").entries().subList(0, count);
        List<Lookup> found =
                lookups.lookupAll("accounts", expected.stream().map(Entry::key).toList());
        for (int i = 0; i < count; i++) {
            AccountValue value = (AccountValue) expected.get(i).value();
            assertThat(((Found) found.get(i)).value()).isEqualTo(value);
        }
    }
}
