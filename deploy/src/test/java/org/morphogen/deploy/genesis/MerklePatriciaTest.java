package org.morphogen.deploy.genesis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Known roots, so that a wrong genesis root would be the data's fault. */
@Timeout(value = 10, unit = TimeUnit.SECONDS)
class MerklePatriciaTest {
    @Test
    void emptyTrieHasItsWellKnownRoot() {
        assertThat(hex(MerklePatricia.root(new TreeMap<>())))
                .isEqualTo("56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");
    }

    @Test
    void rlpOfShortAndLongItems() {
        assertThat(hex(Rlp.string("dog".getBytes(StandardCharsets.US_ASCII)))).isEqualTo("83646f67");
        assertThat(hex(Rlp.string(new byte[] {0x0f}))).isEqualTo("0f");
        assertThat(hex(Rlp.string(new byte[0]))).isEqualTo("80");
        assertThat(hex(Rlp.string(new byte[60]))).startsWith("b83c0000");
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
