package org.morphogen.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

@Timeout(10)
final class EndpointTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:7100, 127.0.0.1, 7100",
        "localhost:0, localhost, 0",
        "node-3.party.example:65535, node-3.party.example, 65535",
        "[::1]:80, ::1, 80",
        "[2001:db8::7]:7100, 2001:db8::7, 7100"
    })
    void readsWhatItWrites(String text, String host, int port) {
        Endpoint endpoint = Endpoint.parse(text);

        assertThat(endpoint).isEqualTo(new Endpoint(host, port)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "host",
                "host:",
                ":7100",
                "host:port",
                "host:-1",
                "host:65536",
                "host:99999999999",
                "::1:7100",
                "2001:db8::7",
                " host:1",
                "host :1",
                "http://host:1",
                "[]:1",
                "host:+1",
                "host: 1"
            })
    void refusesWhatIsNoEndpoint(String text) {
        assertThatThrownBy(() -> Endpoint.parse(text))
                .isInstanceOfSatisfying(
                        MorphogenException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(FailureReason.SETTINGS_INVALID))
                .hasMessageContaining("'" + text + "' is not host:port");
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, true",
        "127.255.0.3, true",
        "localhost, true",
        "::1, true",
        "0.0.0.0, false",
        "128.0.0.1, false",
        "127.255.255.255, true",
        "127.256.0.1, false",
        "127.0.0.999, false",
        "127.0.0.1.1, false",
        "127.example.org, false",
        "127.0.0.1.example.org, false",
        "localhost.example.org, false",
        "::, false",
        "::ffff:10.0.0.1, false"
    })
    void knowsLoopbackByItsLiteralForms(String host, boolean loopback) {
        assertThat(new Endpoint(host, 1).isLoopback()).isEqualTo(loopback);
    }

    @Test
    void tlsMaterialIsWholeOrNotThere() {
        var certificate = java.util.Optional.of(java.nio.file.Path.of("a.pem"));
        var none = java.util.Optional.<java.nio.file.Path>empty();

        assertThat(TlsSettings.NONE.isEmpty()).isTrue();
        assertThat(new TlsSettings(none, none, certificate).isEmpty()).isFalse();
        assertThatThrownBy(() -> new TlsSettings(certificate, none, none)).hasMessageContaining("go together");
        assertThatThrownBy(() -> new TlsSettings(none, certificate, none)).hasMessageContaining("go together");
    }
}
