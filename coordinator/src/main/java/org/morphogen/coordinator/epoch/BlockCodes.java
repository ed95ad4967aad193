package org.morphogen.coordinator.epoch;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.morphogen.row.Bytes32;
import org.morphogen.row.CodeDictionary;

/**
 * The codes of one table, as one block needs them. Immutable, so that several blocks can be worked on at the same time.
 *
 * @param added codes that the block brings, in the order of their ids
 * @param dictionary all codes of the epoch before and of the block
 * @param ids of the codes that the block's changes name
 */
record BlockCodes(List<Bytes32> added, CodeDictionary dictionary, Map<Bytes32, Integer> ids) {
    /** Of a table that has no dictionary. */
    static final BlockCodes NONE = new BlockCodes(List.of(), CodeDictionary.NONE, Map.of(CodeDictionary.EMPTY_CODE, 0));

    BlockCodes {
        added = List.copyOf(added);
        ids = Map.copyOf(ids);
    }

    /** The id of a code that the block's changes name. */
    int id(Bytes32 codeHash) {
        return Optional.ofNullable(ids.get(codeHash))
                .orElseThrow(() -> new IllegalStateException("a code hash of another block"));
    }
}
