package org.morphogen.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(10)
final class NearestNameTest {
    private static final List<String> KNOWN = List.of("coordinators", "lookupDeadline", "maxAttempts", "tls");

    @ParameterizedTest
    @CsvSource({
        "coordinator, coordinators",
        "cordinatrs, coordinators",
        "lookupdeadline, lookupDeadline",
        "maxAtempts, maxAttempts",
        "tsl, tls",
        "TLS, tls"
    })
    void findsWhatWasMeant(String typed, String meant) {
        assertThat(NearestName.of(typed, KNOWN)).contains(meant);
        assertThat(NearestName.suggestion(typed, KNOWN)).isEqualTo("; did you mean '" + meant + "'?");
    }

    @Test
    void listsAllNamesWhenNoneIsNear() {
        assertThat(NearestName.of("snapshotFolder", KNOWN)).isEmpty();
        assertThat(NearestName.suggestion("snapshotFolder", KNOWN))
                .isEqualTo("; known are coordinators, lookupDeadline, maxAttempts, tls");
    }

    @Test
    void theFirstByNameWinsATie() {
        assertThat(NearestName.of("ac", List.of("ab", "aa"))).contains("aa");
    }

    @Test
    void nothingIsNearWhereNothingIsKnown() {
        assertThat(NearestName.of("x", List.of())).isEmpty();
    }
}
