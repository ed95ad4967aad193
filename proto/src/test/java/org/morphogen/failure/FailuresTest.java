package org.morphogen.failure;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.rpc.ErrorInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.morphogen.protocol.v1.Failure;

@Timeout(10)
final class FailuresTest {
    private static final Map<String, String> FACTS = Map.of("epoch", "17", "window", "3..17");

    @ParameterizedTest
    @EnumSource(FailureReason.class)
    void everyReasonComesBackFromAStatus(FailureReason reason) {
        StatusRuntimeException status = Failures.toStatus(new MorphogenException(reason, "It is so.", FACTS));

        MorphogenException back = Failures.fromStatus("node n", status);

        assertThat(status.getStatus().getCode()).isEqualTo(reason.code());
        assertThat(back.reason()).isEqualTo(reason);
        assertThat(back.facts()).isEqualTo(FACTS);
        assertThat(back).hasMessage("node n: It is so.").hasCause(status);
        assertThat(back.explain()).isEqualTo("node n: It is so. " + reason.advice());
    }

    @ParameterizedTest
    @EnumSource(FailureReason.class)
    void everyReasonComesBackFromAMessage(FailureReason reason) {
        Failure message = Failures.toMessage(new MorphogenException(reason, "It is so.", FACTS));

        MorphogenException back = Failures.fromMessage("node n", message);

        assertThat(back.reason()).isEqualTo(reason);
        assertThat(back.facts()).isEqualTo(FACTS);
        assertThat(back).hasMessage("node n: It is so.");
    }

    @ParameterizedTest
    @EnumSource(FailureReason.class)
    void everyReasonHasAdviceAndAStatusThatFails(FailureReason reason) {
        assertThat(reason.advice()).endsWith(".");
        assertThat(reason.code()).isNotEqualTo(Status.Code.OK);
        assertThat(FailureReason.named(reason.name())).contains(reason);
    }

    @Test
    void anUnknownReasonIsADefect() {
        assertThat(FailureReason.named("SHY")).isEmpty();
        assertThat(FailureReason.named("")).isEmpty();
        assertThat(Failures.fromMessage(
                                "n", Failure.newBuilder().setReason("SHY").build())
                        .reason())
                .isEqualTo(FailureReason.INTERNAL);
    }

    @ParameterizedTest
    @CsvSource({
        "UNAVAILABLE, UNAVAILABLE",
        "CANCELLED, UNAVAILABLE",
        "ABORTED, UNAVAILABLE",
        "DEADLINE_EXCEEDED, DEADLINE_PASSED",
        "RESOURCE_EXHAUSTED, BUSY",
        "PERMISSION_DENIED, NOT_ALLOWED",
        "UNAUTHENTICATED, NOT_ALLOWED",
        "INVALID_ARGUMENT, REQUEST_INVALID",
        "NOT_FOUND, REQUEST_INVALID",
        "UNIMPLEMENTED, INTERNAL",
        "UNKNOWN, INTERNAL",
        "DATA_LOSS, INTERNAL"
    })
    void aStatusOfSomebodyElseBecomesTheNearestReason(Status.Code code, FailureReason reason) {
        MorphogenException failure = Failures.fromStatus("n", code.toStatus().asRuntimeException());

        assertThat(failure.reason()).isEqualTo(reason);
        assertThat(failure).hasMessage("n: " + code);
    }

    @Test
    void anErrorInfoOfSomebodyElseIsNotOurs() {
        ErrorInfo foreign = ErrorInfo.newBuilder()
                .setDomain("example.org")
                .setReason(FailureReason.STALE_TERM.name())
                .build();
        MorphogenException failure = Failures.fromStatus("n", withDetail(Any.pack(foreign)));

        assertThat(failure.reason()).isEqualTo(FailureReason.REQUEST_INVALID);
        assertThat(failure.facts()).isEmpty();
    }

    @Test
    void brokenDetailsDoNotHideTheFailure() {
        Any broken = Any.pack(ErrorInfo.getDefaultInstance()).toBuilder()
                .setValue(ByteString.copyFrom(new byte[] {-1, -1, -1}))
                .build();
        Metadata garbage = new Metadata();
        garbage.put(
                Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER), new byte[] {-1, -1, 7});

        assertThat(Failures.fromStatus("n", withDetail(broken)).reason()).isEqualTo(FailureReason.REQUEST_INVALID);
        assertThat(Failures.fromStatus("n", Status.NOT_FOUND.asRuntimeException(garbage))
                        .reason())
                .isEqualTo(FailureReason.REQUEST_INVALID);
    }

    @Test
    void anythingElseThatIsThrownIsADefect() {
        MorphogenException known = new MorphogenException(FailureReason.BUSY, "It is so.");

        assertThat(Failures.fromStatus("n", new IllegalStateException("x")).reason())
                .isEqualTo(FailureReason.INTERNAL);
        assertThat(Failures.fromStatus("n", known)).isSameAs(known);
    }

    @Test
    void textFromElsewhereIsShortAndPrintable() {
        Failure wild = Failure.newBuilder()
                .setReason("BUSY")
                .setMessage("a\u0000b\u001b[2J\nc\u202Ed\u2028e" + "x".repeat(1_000_000))
                .putFacts("k\n", "v\r\u0007")
                .putFacts("zz", "x".repeat(1_000_000))
                .build();

        MorphogenException failure = Failures.fromMessage("n", wild);

        assertThat(failure.getMessage())
                .startsWith("n: a b [2J c d e")
                .hasSizeLessThan(1100)
                .endsWith("...");
        assertThat(failure.facts()).containsExactlyEntriesOf(Map.of("k ", "v  "));
    }

    @Test
    void textThatIsSentIsShort() {
        Map<String, String> facts = new HashMap<>();
        for (int i = 0; i < 10_000; i++) {
            facts.put("fact-" + i, "value");
        }
        MorphogenException failure = new MorphogenException(FailureReason.BUSY, "\u4e16".repeat(10_000), facts);

        assertThat(Failures.toMessage(failure).getSerializedSize()).isLessThan(6000);
        assertThat(Failures.toMessage(failure).getFactsMap()).isNotEmpty();
        assertThat(FACTS)
                .containsAllEntriesOf(Failures.toMessage(new MorphogenException(FailureReason.BUSY, "x", FACTS))
                        .getFactsMap());
    }

    private static StatusRuntimeException withDetail(Any detail) {
        return StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                .setCode(Status.Code.NOT_FOUND.value())
                .addDetails(detail)
                .build());
    }
}
