package org.morphogen.coordinator.ethereum;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.row.CodeDictionary;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class CodeHashTest {
    @Test
    void theHashOfNoCodeIsThatOfAccountsWithoutCode() {
        assertThat(CodeHash.of(new byte[0])).isEqualTo(CodeDictionary.EMPTY_CODE);
    }
}
