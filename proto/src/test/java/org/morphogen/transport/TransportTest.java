package org.morphogen.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.ClusterView;
import org.morphogen.protocol.v1.Shard;
import org.slf4j.LoggerFactory;

@Timeout(60)
final class TransportTest {
    private EchoServer server;

    @BeforeEach
    void start() throws Exception {
        server = new EchoServer(TlsSettings.NONE);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void plainTextWorksOnLoopbackWhereEverybodyIsOfTheParty() {
        byte[] data = {1, 2, 3};

        assertThat(server.callerOf(TlsSettings.NONE)).isEqualTo(Caller.PARTY_MEMBER);
        assertThat(server.callPartyOnly(TlsSettings.NONE, data)).isEqualTo(data);
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.1:7000", "example.org:7000", "0.0.0.0:7000", "[::]:7000", "[2001:db8::1]:7000"})
    void plainTextNeverLeavesTheMachine(String text) {
        Endpoint elsewhere = Endpoint.parse(text);

        assertThat(failure(
                        FailureReason.SETTINGS_INVALID,
                        () -> Transport.channel(elsewhere, TlsSettings.NONE, Runnable::run)))
                .hasMessageContaining(text);
        assertThat(failure(
                        FailureReason.SETTINGS_INVALID,
                        () -> Transport.server(elsewhere, TlsSettings.NONE, List.of(), List.of(), Runnable::run)))
                .hasMessageContaining(text);
    }

    @ParameterizedTest
    @EnumSource(FailureReason.class)
    void everyFailureArrivesWithItsFacts(FailureReason reason) {
        server.reply(() -> {
            throw new MorphogenException(reason, "It is so.", Map.of("limit", "64"));
        });

        MorphogenException failure = failure(reason, () -> server.callOpen(TlsSettings.NONE));

        assertThat(failure).hasMessage("the echo server: It is so.");
        assertThat(failure.facts()).containsExactlyEntriesOf(Map.of("limit", "64"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "%", "\u00e4", "\u4e16", "\uD83D\uDE00"})
    void aFailureWithMuchTextArrives(String character) {
        server.reply(() -> {
            throw new MorphogenException(
                    FailureReason.STALE_TERM,
                    character.repeat(100_000),
                    Map.of("term", "3", "zeal", character.repeat(100_000)));
        });

        MorphogenException failure = failure(FailureReason.STALE_TERM, () -> server.callOpen(TlsSettings.NONE));

        assertThat(failure).hasMessageContaining(character.repeat(200));
        assertThat(failure.facts()).containsExactlyEntriesOf(Map.of("term", "3"));
    }

    @Test
    void aMessageThatIsTooLongIsRefused() {
        ClusterView tooLong = ClusterView.newBuilder()
                .setServing(org.morphogen.protocol.v1.ServedGeneration.newBuilder()
                        .addShards(Shard.newBuilder()
                                .addReplicas(org.morphogen.protocol.v1.Replica.newBuilder()
                                        .setNodeId("x".repeat(Limits.MAX_MESSAGE_BYTES)))))
                .build();
        server.reply(() -> tooLong);

        failure(FailureReason.BUSY, () -> server.callOpen(TlsSettings.NONE));
    }

    @Test
    void noLogShowsWhatIsSent() {
        byte[] data = HexFormat.of().parseHex("5ec2e75ec2e75ec2e75ec2e75ec2e75e");
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        ListAppender<ILoggingEvent> slf4j = new ListAppender<>();
        Level level = root.getLevel();
        Recorder jdk = new Recorder();
        java.util.logging.Logger jdkRoot = LogManager.getLogManager().getLogger("");
        java.util.logging.Level jdkLevel = jdkRoot.getLevel();
        try {
            slf4j.start();
            root.setLevel(Level.TRACE);
            root.addAppender(slf4j);
            jdkRoot.setLevel(java.util.logging.Level.ALL);
            jdkRoot.addHandler(jdk);

            assertThat(server.callPartyOnly(TlsSettings.NONE, data)).isEqualTo(data);
        } finally {
            root.detachAppender(slf4j);
            root.setLevel(level);
            jdkRoot.removeHandler(jdk);
            jdkRoot.setLevel(jdkLevel);
        }
        slf4j.list.forEach(event -> jdk.texts.add(event.getFormattedMessage()));
        assertThat(jdk.texts).isNotEmpty();
        assertThat(jdk.texts).noneMatch(text -> text.toLowerCase(Locale.ROOT).contains("5ec2e75ec2e7"));
    }

    private static MorphogenException failure(FailureReason reason, ThrowingCallable call) {
        MorphogenException failure = catchThrowableOfType(MorphogenException.class, call);
        assertThat(failure).isNotNull();
        assertThat(failure.reason()).as(failure.toString()).isEqualTo(reason);
        return failure;
    }

    /** Keeps what is logged through java.util.logging. */
    private static final class Recorder extends Handler {
        private final List<String> texts = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord logged) {
            texts.add(String.valueOf(logged.getMessage()));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
