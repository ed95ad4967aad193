package org.morphogen.epoch;

import java.util.HashSet;
import java.util.List;
import org.morphogen.row.Bytes32;

/**
 * Code hashes that a block adds behind those that a table's dictionary has.
 *
 * @param codeHashes at least one, none twice
 */
public record DictionaryGrowth(String table, List<Bytes32> codeHashes) {
    public DictionaryGrowth {
        codeHashes = List.copyOf(codeHashes);
        if (codeHashes.isEmpty() || new HashSet<>(codeHashes).size() != codeHashes.size()) {
            throw new IllegalArgumentException("dictionaries: no code hash, or one twice");
        }
    }
}
