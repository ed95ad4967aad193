package org.morphogen.client.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.FilePiece;
import org.morphogen.transport.Endpoint;
import org.morphogen.transport.TlsSettings;

@Timeout(10)
final class PartialFileTest {
    private final Coordinators party =
            new Coordinators(1, List.of(new Endpoint("127.0.0.1", 1)), TlsSettings.NONE, Runnable::run);
    private final PartialFile file = new PartialFile(party, "manifest.json", 10);

    @Test
    void growsPieceByPiece() {
        assertThat(file.isWhole()).isFalse();
        file.accept(piece(0, "abc", 5));
        assertThat(file.isWhole()).isFalse();
        assertThat(file.offset()).isEqualTo(3);

        file.accept(piece(3, "de", 5));

        assertThat(file.isWhole()).isTrue();
        assertThat(file.bytes()).asString().isEqualTo("abcde");
    }

    @Test
    void anEmptyFileIsWholeAfterItsOnlyPiece() {
        file.accept(piece(0, "", 0));

        assertThat(file.isWhole()).isTrue();
        assertThat(file.bytes()).isEmpty();
    }

    @Test
    void refusesPiecesThatDoNotFit() {
        file.accept(piece(0, "abc", 5));

        assertRefused(piece(0, "abc", 5), "does not follow");
        assertRefused(piece(4, "e", 5), "does not follow");
        assertRefused(piece(3, "def", 5), "does not follow");
        assertRefused(piece(3, "de", 6), "6 bytes");
    }

    @Test
    void refusesAFileThatIsTooLong() {
        assertRefused(piece(0, "abc", 11), "11 bytes");
    }

    @Test
    void refusesALengthBeyondSignedNumbers() {
        assertRefused(piece(0, "abc", -1), "18446744073709551615 bytes");
    }

    private void assertRefused(FilePiece piece, String said) {
        assertThatThrownBy(() -> file.accept(piece))
                .isInstanceOfSatisfying(
                        MorphogenException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(FailureReason.PARTY_MISBEHAVES))
                .hasMessageContaining("Party 1")
                .hasMessageContaining("manifest.json")
                .hasMessageContaining(said);
    }

    private static FilePiece piece(long offset, String data, long totalBytes) {
        return FilePiece.newBuilder()
                .setOffset(offset)
                .setData(ByteString.copyFromUtf8(data))
                .setTotalBytes(totalBytes)
                .build();
    }
}
