package org.morphogen.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import com.google.protobuf.ByteString;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.addressing.TableAddressing;
import org.morphogen.client.lookup.Address;
import org.morphogen.client.lookup.LookupKey;
import org.morphogen.client.lookup.PlainKey;
import org.morphogen.client.lookup.StorageKey;
import org.morphogen.client.party.FakeSnapshot;
import org.morphogen.client.party.FakeTable;
import org.morphogen.client.party.FakeTable.Entry;
import org.morphogen.client.party.Layout;
import org.morphogen.client.party.Reaction;
import org.morphogen.client.party.TwoParties;
import org.morphogen.failure.FailureReason;
import org.morphogen.row.AccountValue;
import org.morphogen.row.Bytes32;
import org.morphogen.row.CodeDictionary;
import org.slf4j.LoggerFactory;

/** Neither logs, at their most talkative, nor failures, nor toString tell anything of what is looked up. */
@Timeout(120)
final class SecrecyTest {
    /** So many that a row number has six digits and cannot turn up in a text by chance. */
    private static final long ROWS_PER_WAY = 1L << 19;

    private final Logger logger = (Logger) LoggerFactory.getLogger("org.morphogen");
    private final ListAppender<ILoggingEvent> events = new ListAppender<>();

    @BeforeEach
    void listen() {
        events.start();
        logger.setLevel(Level.TRACE);
        logger.addAppender(events);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(events);
        logger.setLevel(null);
    }

    @Test
    void nothingSecretIsLoggedOrThrown() {
        FakeSnapshot snapshot = bigSnapshot();
        FakeTable table = snapshot.table("accounts");
        Entry target = table.entries().getFirst();
        List<String> texts = new ArrayList<>();
        List<String> secrets = new ArrayList<>(secretsOf(table, target));
        try (TwoParties parties = TwoParties.start(snapshot, Layout.TWO_BY_TWO);
                MorphogenClient client =
                        MorphogenClient.connect(parties.settings(Duration.ofSeconds(10), Duration.ofSeconds(2)))) {
            for (Reaction reaction : reactions()) {
                parties.party1().nodes().forEach(node -> node.react(reaction));
                Throwable failure = catchThrowable(
                        () -> texts.add(client.lookup("accounts", target.key()).toString()));
                if (failure != null) {
                    texts.add(stackTrace(failure));
                }
            }
            texts.add(stackTrace(catchThrowable(() -> client.lookup("attic", target.key()))));
            secrets.addAll(sentKeys(parties));
        }
        assertThat(texts).hasSizeGreaterThan(reactions().size());
        events.list.forEach(event -> texts.add(event.getFormattedMessage()
                + (event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy()))));
        assertThat(events.list).isNotEmpty();

        String all = String.join("\n", texts).toLowerCase(Locale.ROOT);
        for (String secret : secrets) {
            assertThat(all).doesNotContain(secret.toLowerCase(Locale.ROOT));
        }
    }

    @Test
    void keysDoNotShowThemselves() {
        byte[] bytes = new byte[20];
        new Random(3).nextBytes(bytes);
        Address address = Address.of(bytes);
        List<LookupKey> keys = List.of(address, StorageKey.of(address, Bytes32.of(new byte[32])), PlainKey.of(bytes));

        assertThat(keys)
                .extracting(LookupKey::toString)
                .containsExactly("Address[hidden]", "StorageKey[hidden]", "PlainKey[hidden]");
        String tooLong = "0x" + HexFormat.of().formatHex(bytes) + "a";
        assertThat(catchThrowable(() -> Address.parse(tooLong)))
                .hasMessageNotContaining(tooLong.substring(2, 12))
                .hasMessageContaining("43 characters");
    }

    private static List<Reaction> reactions() {
        return Stream.concat(
                        Stream.of(
                                Reaction.ANSWER,
                                Reaction.DIE,
                                Reaction.HANG,
                                Reaction.SHORT_ROWS,
                                Reaction.EXTRA_WAY,
                                Reaction.UNKNOWN_ID,
                                Reaction.NOTHING_IN_IT,
                                Reaction.GARBAGE_REASON),
                        Stream.of(FailureReason.values()).map(Reaction::failing))
                .toList();
    }

    private static List<String> secretsOf(FakeTable table, Entry target) {
        TableAddressing addressing = new TableAddressing(table.seeds(), ROWS_PER_WAY);
        byte[] key = target.key().secretBytes();
        long tag = addressing.tag(key);
        List<String> secrets = new ArrayList<>(List.of(
                HexFormat.of().formatHex(key),
                HexFormat.of().toHexDigits(tag),
                HexFormat.of().toHexDigits(Long.reverseBytes(tag)),
                Long.toString(tag),
                Long.toUnsignedString(tag)));
        for (int way = 0; way < addressing.ways(); way++) {
            secrets.add(Long.toString(addressing.row(way, key)));
        }
        assertThat(secrets).allMatch(secret -> secret.length() >= 6);
        AccountValue value = (AccountValue) target.value();
        secrets.add(value.balance().toString());
        return secrets;
    }

    /** Hex of the start of every key that was sent, past its public header. */
    private static List<String> sentKeys(TwoParties parties) {
        List<String> keys = new ArrayList<>();
        parties.both().stream()
                .flatMap(party -> party.nodes().stream())
                .flatMap(node -> node.received().stream())
                .flatMap(received -> received.query().getWaysList().stream())
                .flatMap(way -> way.getKeysList().stream())
                .map(ByteString::toByteArray)
                .forEach(key -> {
                    keys.add(HexFormat.of().formatHex(key));
                    keys.add(HexFormat.of().formatHex(key, key.length - 16, key.length));
                    keys.add(HexFormat.of().formatHex(key, 8, 16));
                });
        assertThat(keys).isNotEmpty();
        return keys;
    }

    private static String stackTrace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }

    private static FakeSnapshot bigSnapshot() {
        Random random = new Random(51);
        List<Entry> entries = new ArrayList<>();
        while (entries.isEmpty()) {
            Entry entry = new Entry(
                    FakeSnapshot.randomAddress(random),
                    new AccountValue(new BigInteger(90, random), 1, CodeDictionary.EMPTY_CODE));
            FakeTable table = FakeSnapshot.bigAccounts(ROWS_PER_WAY, List.of(entry));
            TableAddressing addressing = new TableAddressing(table.seeds(), ROWS_PER_WAY);
            boolean allLong = true;
            for (int way = 0; way < 3; way++) {
                allLong &= addressing.row(way, entry.key().secretBytes()) >= 100_000;
            }
            if (allLong) {
                entries.add(entry);
            }
        }
        return FakeSnapshot.of(List.of(FakeSnapshot.bigAccounts(ROWS_PER_WAY, entries)));
    }
}
