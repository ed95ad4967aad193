package org.morphogen.coordinator.building.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.row.Bytes32;
import org.morphogen.row.CodeDictionary;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class CodeHashesTest {
    @Test
    void beginsWithTheHashOfNoCode() {
        assertThat(new CodeHashes().bytes()).isEqualTo(CodeDictionary.EMPTY_CODE.bytes());
        assertThat(new CodeHashes().id(CodeDictionary.EMPTY_CODE)).isZero();
    }

    @Test
    void numbersHashesInOrderOfFirstAppearance() {
        long seed = 5;
        Random random = new Random(seed);
        CodeHashes codes = new CodeHashes();
        List<Bytes32> order = new ArrayList<>(List.of(CodeDictionary.EMPTY_CODE));
        for (int i = 0; i < 10_000; i++) {
            boolean again = random.nextBoolean();
            byte[] fresh = new byte[Bytes32.LENGTH];
            random.nextBytes(fresh);
            Bytes32 hash = again ? order.get(random.nextInt(order.size())) : Bytes32.of(fresh);
            int expected = again ? order.indexOf(hash) : order.size();
            if (!again) {
                order.add(hash);
            }
            assertThat(codes.id(hash)).as("seed %d step %d", seed, i).isEqualTo(expected);
        }
        CodeDictionary dictionary = CodeDictionary.parse(codes.bytes());
        assertThat(dictionary.size()).isEqualTo(order.size()).isEqualTo(codes.size());
        for (int id = 0; id < order.size(); id++) {
            assertThat(dictionary.codeHash(id)).isEqualTo(order.get(id));
        }
    }
}
