package org.morphogen.dpf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.morphogen.dpf.DpfVector.Expansion;
import org.morphogen.dpf.DpfVector.Sample;

/**
 * Keys and expansions of a published library, bit for bit. Another file of the same format is tested with
 * {@code -Ddpf.vectors=FILE}.
 */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class DpfVectorsTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final List<DpfVector> VECTORS = DpfVector.load();

    static List<DpfVector> vectors() {
        assertThat(VECTORS).as("vectors in the file").isNotEmpty();
        return VECTORS;
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void statesOneKeyAndOneExpansionForEachParty(DpfVector vector) {
        assertThat(vector.domain().depth()).isEqualTo(vector.treeDepth());
        assertThat(vector.keys()).extracting(DpfKey::party).containsExactly(0, 1);
        assertThat(vector.keys()).extracting(DpfKey::depth).containsOnly(vector.treeDepth());
        assertThat(vector.expansions()).extracting(Expansion::party).containsExactly(0, 1);
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void keysExpandToTheLeavesAndRows(DpfVector vector) {
        for (Expansion expected : vector.expansions()) {
            boolean keep = expected.allLeaves().isPresent() || expected.rows().isPresent();
            LeafDigests found = new LeafDigests(vector.keys().get(expected.party()), vector.domain(), keep);
            String what = vector.id() + ", party " + expected.party();
            assertThat(expected.allLeavesSha256()).as(what).hasValue(found.allLeavesSha256());
            assertThat(expected.usedLeavesSha256()).as(what).hasValue(found.usedLeavesSha256());
            assertThat(expected.rowsSha256()).as(what).hasValue(found.rowsSha256());
            expected.allLeaves()
                    .ifPresent(leaves -> assertThat(HEX.formatHex(found.allLeaves()))
                            .as(what)
                            .isEqualTo(leaves));
            expected.rows()
                    .ifPresent(rows ->
                            assertThat(HEX.formatHex(found.rows())).as(what).isEqualTo(rows));
        }
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void singleLeavesAreTheSamples(DpfVector vector) {
        DpfEvaluator evaluator = new DpfEvaluator();
        for (Expansion expansion : vector.expansions()) {
            DpfKey key = vector.keys().get(expansion.party());
            for (Sample sample : expansion.samples()) {
                byte[] leaf = new byte[DpfDomain.LEAF_BYTES];
                evaluator.leaves(key, sample.leaf(), 1, leaf, 0);
                assertThat(Block.read(leaf, 0).equals(sample.value()))
                        .as("%s, party %d, leaf %d", vector, expansion.party(), sample.leaf())
                        .isTrue();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void generatingFromTheRootSeedsGivesTheKeys(DpfVector vector) {
        DpfKeyPair pair = DpfKeyGenerator.generate(
                vector.domain(),
                vector.targetRow(),
                vector.keys().get(0).rootSeed(),
                vector.keys().get(1).rootSeed());
        for (int party = 0; party < 2; party++) {
            assertThat(HEX.formatHex(DpfKeyCodec.encode(pair.of(party))))
                    .as("%s, party %d", vector, party)
                    .isEqualTo(HEX.formatHex(DpfKeyCodec.encode(vector.keys().get(party))));
        }
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void answersOverTheHashDatabaseAreThose(DpfVector vector) {
        for (Expansion expected : vector.expansions()) {
            expected.pirAnswer().ifPresent(answer -> {
                DpfKey key = vector.keys().get(expected.party());
                byte[] rows = new LeafDigests(key, vector.domain(), true).rows();
                assertThat(HEX.formatHex(answer(rows, vector.domain().rows())))
                        .as("%s, party %d", vector, expected.party())
                        .isEqualTo(answer);
            });
        }
    }

    /** XOR of SHA-256(r as 8 bytes little endian) over the rows selected. */
    private static byte[] answer(byte[] selection, long rows) {
        MessageDigest sha256 = LeafDigests.sha256();
        byte[] answer = new byte[32];
        for (int row = 0; row < rows; row++) {
            if ((selection[row >> 3] >> (row & 7) & 1) == 1) {
                byte[] number = ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(row)
                        .array();
                byte[] record = sha256.digest(number);
                for (int i = 0; i < record.length; i++) {
                    answer[i] ^= record[i];
                }
            }
        }
        return answer;
    }
}
