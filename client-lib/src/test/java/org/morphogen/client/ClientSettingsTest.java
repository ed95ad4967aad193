package org.morphogen.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.morphogen.failure.MorphogenException;
import org.morphogen.settings.SettingsFile;
import org.morphogen.transport.Endpoint;
import org.morphogen.transport.TlsSettings;

@Timeout(10)
final class ClientSettingsTest {
    private static final String PARTIES = """
            party0:
              coordinators: ["127.0.0.1:7000", "127.0.0.1:7001"]
            party1:
              coordinators: ["party-1.example:7000"]
              tls:
                trusted: ca.pem
            """;

    @TempDir
    private Path folder;

    @Test
    void everythingButThePartiesHasADefault() throws IOException {
        ClientSettings settings = load(PARTIES);

        PartySettings party0 =
                PartySettings.onLoopback(List.of(new Endpoint("127.0.0.1", 7000), new Endpoint("127.0.0.1", 7001)));
        PartySettings party1 = new PartySettings(
                List.of(new Endpoint("party-1.example", 7000)),
                new TlsSettings(Optional.empty(), Optional.empty(), Optional.of(folder.resolve("ca.pem"))));
        assertThat(settings).isEqualTo(ClientSettings.of(party0, party1));
    }

    @Test
    void everythingCanBeSet() throws IOException {
        ClientSettings settings = load(PARTIES + """
                connectTimeout: 1s
                lookupDeadline: 250ms
                maxAttempts: 5
                maxKeysPerMessage: 16
                """);

        assertThat(settings.connectTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.lookupDeadline()).isEqualTo(Duration.ofMillis(250));
        assertThat(settings.maxAttempts()).isEqualTo(5);
        assertThat(settings.maxKeysPerMessage()).isEqualTo(16);
    }

    @Test
    void tellsAllMistakesAtOnce() {
        assertThatThrownBy(() -> load("""
                        party0:
                          coordinators: []
                        maxAtempts: 3
                        lookupDeadline: soon
                        """))
                .isInstanceOf(MorphogenException.class)
                .hasMessageContaining("party0: coordinators: name at least one")
                .hasMessageContaining("party1: is missing")
                .hasMessageContaining("did you mean 'maxAttempts'")
                .hasMessageContaining("lookupDeadline: 'soon' is not a duration");
    }

    @Test
    void refusesOneCoordinatorForBothParties() {
        assertThatThrownBy(() -> load("""
                        party0:
                          coordinators: ["127.0.0.1:7000", "127.0.0.1:7001"]
                        party1:
                          coordinators: ["127.0.0.1:7002", "localhost:7001"]
                        """))
                .isInstanceOf(MorphogenException.class)
                .hasMessageContaining("party1.coordinators: localhost:7001 stands under party0 too");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "connectTimeout: 0ms",
                "lookupDeadline: 0s",
                "connectTimeout: 999999d",
                "lookupDeadline: 999999d",
                "maxAttempts: 0",
                "maxKeysPerMessage: 0",
                "maxKeysPerMessage: 257"
            })
    void refusesBoundsThatCannotBe(String wrong) {
        assertThatThrownBy(() -> load(PARTIES + wrong + "\n"))
                .isInstanceOf(MorphogenException.class)
                .hasMessageContaining(wrong.substring(0, wrong.indexOf(':')));
    }

    private ClientSettings load(String yaml) throws IOException {
        Path file = folder.resolve("client.yaml");
        Files.writeString(file, yaml);
        return SettingsFile.load(file, ClientSettings.class);
    }
}
