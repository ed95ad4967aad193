package org.morphogen.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/** Manifests made to exhaust whoever reads them. */
@Timeout(30)
final class ManifestBombTest {
    @Test
    void deepNestingIsRefused() {
        refused("[".repeat(1_000_000));
        refused("{\"format\":" + "[".repeat(1_000_000));
        refused("{\"block\":" + "{\"number\":".repeat(500_000));
    }

    @Test
    void hugeNumbersAreRefused() {
        refused("{\"block\":{\"number\":" + "9".repeat(10_000_000) + "}}");
        refused("{\"block\":{\"number\":1e999999999}}");
        refused("{\"block\":{\"number\":9223372036854775808}}");
    }

    @Test
    void longTextsAreRefusedBriefly() {
        refused("{\"format\":\"" + "x".repeat(30_000_000) + "\"}");
        refused("{\"" + "x".repeat(1_000_000) + "\":1}");
    }

    private static void refused(String json) {
        MorphogenException refusal = catchThrowableOfType(
                MorphogenException.class, () -> ManifestCodec.decode(json.getBytes(StandardCharsets.UTF_8)));
        assertThat(refusal).isNotNull();
        assertThat(refusal.reason()).isEqualTo(FailureReason.SNAPSHOT_INVALID);
        assertThat(String.valueOf(refusal.getMessage()).length()).isLessThan(10_000);
    }
}
