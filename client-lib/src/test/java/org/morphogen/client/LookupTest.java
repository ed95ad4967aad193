package org.morphogen.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.morphogen.client.lookup.Absent;
import org.morphogen.client.lookup.Address;
import org.morphogen.client.lookup.Found;
import org.morphogen.client.lookup.Lookup;
import org.morphogen.client.lookup.LookupKey;
import org.morphogen.client.lookup.PlainKey;
import org.morphogen.client.party.FakeSnapshot;
import org.morphogen.client.party.FakeTable;
import org.morphogen.client.party.FakeTable.Entry;
import org.morphogen.client.party.Layout;
import org.morphogen.client.party.TwoParties;
import org.morphogen.client.view.AsOf;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

@Timeout(60)
final class LookupTest {
    private static final FakeSnapshot SNAPSHOT = FakeSnapshot.of(11);
    private static final AsOf AS_OF = new AsOf(SNAPSHOT.digest(), 0, FakeSnapshot.BLOCK);
    private static TwoParties parties;
    private static MorphogenClient client;

    @BeforeAll
    static void connect() {
        parties = TwoParties.start(SNAPSHOT, new Layout(3, 2, 4));
        client = MorphogenClient.connect(parties.settings());
    }

    @AfterAll
    static void close() {
        client.close();
        parties.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"accounts", "blobs", "storage"})
    void findsEveryKeyOfATable(String name) {
        FakeTable table = SNAPSHOT.table(name);

        List<Lookup> lookups = client.lookupAll(name, keys(table));

        List<Lookup> expected = new ArrayList<>();
        table.entries().forEach(entry -> expected.add(new Found(entry.value(), AS_OF)));
        assertThat(lookups).isEqualTo(expected);
    }

    @Test
    void findsASingleKey() {
        Entry entry = SNAPSHOT.table("accounts").entries().getFirst();

        assertThat(client.lookup("accounts", entry.key())).isEqualTo(new Found(entry.value(), AS_OF));
    }

    @Test
    void tellsThatAKeyIsAbsent() {
        Address unused = FakeSnapshot.randomAddress(new Random(5));

        assertThat(client.lookup("accounts", unused)).isEqualTo(new Absent(AS_OF));
    }

    @Test
    void mixesPresentAbsentAndRepeatedKeys() {
        Entry entry = SNAPSHOT.table("accounts").entries().get(3);
        Address unused = FakeSnapshot.randomAddress(new Random(6));
        Found found = new Found(entry.value(), AS_OF);
        Absent absent = new Absent(AS_OF);

        assertThat(client.lookupAll("accounts", List.of(entry.key(), unused, entry.key(), entry.key(), unused)))
                .containsExactly(found, absent, found, found, absent);
    }

    @Test
    void asksNobodyForNoKeys() {
        int before = parties.queries();

        assertThat(client.lookupAll("accounts", List.of())).isEmpty();
        assertThat(parties.queries()).isEqualTo(before);
    }

    @Test
    void splitsABatchThatIsLongerThanAMessageMayBe() {
        ClientSettings all = parties.settings();
        ClientSettings few = new ClientSettings(
                all.party0(), all.party1(), all.connectTimeout(), all.lookupDeadline(), all.maxAttempts(), 7);
        FakeTable table = SNAPSHOT.table("accounts");
        try (MorphogenClient splitting = MorphogenClient.connect(few)) {
            List<Lookup> expected = new ArrayList<>();
            table.entries().forEach(entry -> expected.add(new Found(entry.value(), AS_OF)));
            int before = parties.queries();

            assertThat(splitting.lookupAll("accounts", keys(table))).isEqualTo(expected);
            int messages = (FakeSnapshot.ACCOUNTS + 6) / 7;
            assertThat(parties.queries() - before).isEqualTo(2 * 3 * messages);
        }
    }

    @Test
    void namesTheTablesThatThereAre() {
        Address unused = FakeSnapshot.randomAddress(new Random(7));

        assertThatThrownBy(() -> client.lookup("acounts", unused))
                .isInstanceOfSatisfying(
                        MorphogenException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(FailureReason.TABLE_UNKNOWN))
                .hasMessageContaining("accounts, blobs, storage");
    }

    @Test
    void refusesAKeyThatTheTableCannotHaveBeforeSendingAnything() {
        int before = parties.queries();
        List<LookupKey> keys = List.of(FakeSnapshot.randomAddress(new Random(8)), PlainKey.of(new byte[21]));

        assertThatThrownBy(() -> client.lookupAll("accounts", keys))
                .isInstanceOfSatisfying(
                        MorphogenException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(FailureReason.REQUEST_INVALID))
                .hasMessageContaining("takes 20 bytes");
        assertThat(parties.queries()).isEqualTo(before);
    }

    @Test
    void looksUpWithoutWaiting() throws Exception {
        Entry entry = SNAPSHOT.table("storage").entries().get(9);

        assertThat(client.lookupAsync("storage", entry.key()).get(30, TimeUnit.SECONDS))
                .isEqualTo(new Found(entry.value(), AS_OF));
        assertThat(client.lookupAllAsync("storage", List.of(entry.key())).get(30, TimeUnit.SECONDS))
                .containsExactly(new Found(entry.value(), AS_OF));
        assertThat(client.lookupAsync("nowhere", entry.key()))
                .failsWithin(30, TimeUnit.SECONDS)
                .withThrowableThat()
                .withMessageContaining("nowhere");
    }

    @Test
    void serves200ThreadsAtOnce() throws Exception {
        List<Entry> entries = SNAPSHOT.table("accounts").entries();
        List<Callable<Lookup>> lookups = new ArrayList<>();
        List<Lookup> expected = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Entry entry = entries.get(i);
            lookups.add(() -> client.lookup("accounts", entry.key()));
            expected.add(new Found(entry.value(), AS_OF));
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Lookup> outcomes = new ArrayList<>();
            for (Future<Lookup> outcome : threads.invokeAll(lookups)) {
                outcomes.add(outcome.get());
            }
            assertThat(outcomes).isEqualTo(expected);
        }
    }

    @Test
    void outcomesComeInTheOrderOfTheKeys() {
        List<Entry> entries = new ArrayList<>(SNAPSHOT.table("blobs").entries());
        Collections.shuffle(entries, new Random(12));

        List<Lookup> lookups =
                client.lookupAll("blobs", entries.stream().map(Entry::key).toList());

        assertThat(lookups)
                .isEqualTo(entries.stream()
                        .map(entry -> (Lookup) new Found(entry.value(), AS_OF))
                        .toList());
    }

    private static List<LookupKey> keys(FakeTable table) {
        return table.entries().stream().map(Entry::key).toList();
    }
}
