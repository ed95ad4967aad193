package org.morphogen.dpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DpfKeyCodecTest {
    private static final long RANDOM_SEED = 20267;

    /** The worked example of the specification: 300 rows, target 200. */
    private static final String[] EXAMPLE = {
        "01",
        "00",
        "02",
        "ac0ec8ba28d265ca3d86021cc3d6641c",
        "7c83f460d6b3af386ba82f1169c690f5",
        "0873beb0c4ac49a2e4e717818df56a4e",
        "04",
        "915aee62cdf8c9855baa1be8b4fd58bb"
    };

    private final Random random = new Random(RANDOM_SEED);

    @Test
    void fieldsLieWhereTheFormatSays() {
        DpfKeyPair pair = DpfKeyGenerator.generate(
                new DpfDomain(300),
                200,
                block("ac0ec8ba28d265ca3d86021cc3d6641c"),
                block("47444d1b17aa9988dd2792076f06f9bb"));
        assertThat(HexFormat.of().formatHex(DpfKeyCodec.encode(pair.party0()))).isEqualTo(String.join("", EXAMPLE));
        assertThat(DpfKeyCodec.encode(pair.party1())[1]).isEqualTo((byte) 1);
    }

    @Test
    void decodesWhatItEncodesAtEveryDepth() {
        for (int depth = 0; depth <= DpfDomain.MAX_DEPTH; depth++) {
            DpfKey key = key(depth).of(depth & 1);
            byte[] bytes = DpfKeyCodec.encode(key);
            DpfKey decoded = DpfKeyCodec.decode(bytes);
            assertThat(bytes).hasSize(DpfKeyCodec.encodedBytes(depth));
            assertThat(decoded.depth()).isEqualTo(depth);
            assertThat(decoded.party()).isEqualTo(depth & 1);
            assertThat(DpfKeyCodec.encode(decoded)).as("depth %d", depth).isEqualTo(bytes);
            assertThat(leaf(decoded)).isEqualTo(leaf(key));
        }
    }

    @Test
    void aKeyForTwoToTheThirtyRowsIsUnder500Bytes() {
        DpfKeyPair pair = new DpfKeyGenerator(new SecureRandom()).generate(new DpfDomain(1L << 30), 12345);
        assertThat(DpfKeyCodec.encode(pair.party0())).hasSize(409);
        assertThat(DpfKeyCodec.MAX_ENCODED_BYTES).isEqualTo(572);
        assertThatIllegalArgumentException().isThrownBy(() -> DpfKeyCodec.encodedBytes(34));
        assertThatIllegalArgumentException().isThrownBy(() -> DpfKeyCodec.encodedBytes(-1));
    }

    @Test
    void refusesEveryOtherLength() {
        for (int depth : new int[] {0, 1, 5, 23, 33}) {
            byte[] bytes = DpfKeyCodec.encode(key(depth).party0());
            for (int length = 0; length < bytes.length; length++) {
                assertRefused("length", Arrays.copyOf(bytes, length));
            }
            assertRefused("length", Arrays.copyOf(bytes, bytes.length + 1));
            assertRefused("length", Arrays.copyOf(bytes, bytes.length + 16));
        }
    }

    @Test
    void refusesImpossibleFields() {
        assertRefused("version", with(5, 0, 0));
        assertRefused("version", with(5, 0, 2));
        assertRefused("version", with(5, 0, 0xff));
        assertRefused("party", with(5, 1, 2));
        assertRefused("party", with(5, 1, 0xff));
        assertRefused("depth", with(5, 2, 34));
        assertRefused("depth", with(5, 2, 0x80));
        assertRefused("depth", with(5, 2, 0xff));
        assertRefused("length", with(5, 2, 6));
    }

    @Test
    void refusesALowestBitOfASeedCorrection() {
        for (int level = 0; level < 7; level++) {
            byte[] bytes = DpfKeyCodec.encode(key(7).party0());
            bytes[19 + 16 * level] |= 1;
            assertRefused("seed corrections", bytes);
        }
    }

    @Test
    void refusesBitsAfterTheLastLevel() {
        for (int depth = 1; depth <= 9; depth++) {
            byte[] bytes = DpfKeyCodec.encode(key(depth).party0());
            int last = 19 + 16 * depth + (depth + 3) / 4 - 1;
            for (int bit = 2 * depth % 8; bit != 0 && bit < 8; bit++) {
                byte[] padded = bytes.clone();
                padded[last] |= (byte) (1 << bit);
                assertRefused("control corrections", padded);
            }
        }
    }

    /** Whatever arrives is either refused as malformed or has exactly this one encoding. */
    @Test
    void garbageIsRefusedOrIsAKey() {
        int keys = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = DpfKeyCodec.encode(key(random.nextInt(6)).party0());
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                bytes[random.nextInt(i % 2 == 0 ? bytes.length : 3)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                assertThat(DpfKeyCodec.encode(DpfKeyCodec.decode(bytes))).isEqualTo(bytes);
                keys++;
            } catch (MorphogenException refused) {
                assertThat(refused.reason())
                        .as("random seed %d, case %d", RANDOM_SEED, i)
                        .isEqualTo(FailureReason.KEY_MALFORMED);
            }
        }
        assertThat(keys).as("garbage that is a key").isBetween(1000, 19_000);
    }

    @Test
    void showsNothingOfItself() {
        DpfKeyPair pair = key(3);
        DpfKey key = pair.party0();
        for (Object secret : List.of(pair, key)) {
            String identity = secret.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(secret));
            assertThat(secret.toString()).isEqualTo(identity);
        }
        assertThat(key.rootSeed()).hasToString("Block");
        assertThat(key.correction(0)).hasToString("Correction");
    }

    private byte[] with(int depth, int at, int value) {
        byte[] bytes = DpfKeyCodec.encode(key(depth).party0());
        bytes[at] = (byte) value;
        return bytes;
    }

    private DpfKeyPair key(int depth) {
        return DpfKeyGenerator.generate(
                new DpfDomain(128L << depth),
                random.nextLong(128L << depth),
                new Block(random.nextLong(), random.nextLong()),
                new Block(random.nextLong(), random.nextLong()));
    }

    private static byte[] leaf(DpfKey key) {
        byte[] leaf = new byte[16];
        new DpfEvaluator().leaves(key, (1L << key.depth()) - 1, 1, leaf, 0);
        return leaf;
    }

    private static void assertRefused(String field, byte[] bytes) {
        MorphogenException refused = catchThrowableOfType(MorphogenException.class, () -> DpfKeyCodec.decode(bytes));
        assertThat(refused).as("must be refused for its %s", field).isNotNull();
        assertThat(refused.reason()).isEqualTo(FailureReason.KEY_MALFORMED);
        assertThat(refused).hasMessageStartingWith("key " + field + ":");
        assertThat(refused.facts()).isEmpty();
    }

    private static Block block(String hex) {
        return Block.read(HexFormat.of().parseHex(hex), 0);
    }
}
