package org.morphogen.coordinator.epoch;

import java.util.HashMap;
import java.util.Map;
import org.morphogen.row.Bytes32;
import org.morphogen.row.CodeDictionary;

/** The ids of a table's code hashes. Takes some 100 bytes a hash. Immutable and thread-safe. */
final class CodeIds {
    /** Of tables without a dictionary. */
    static final CodeIds NONE = new CodeIds(CodeDictionary.NONE);

    private final CodeDictionary dictionary;
    private final Map<Bytes32, Integer> ids = new HashMap<>();

    CodeIds(CodeDictionary dictionary) {
        this.dictionary = dictionary;
        for (int id = 0; id < dictionary.size(); id++) {
            ids.put(dictionary.codeHash(id), id);
        }
    }

    CodeDictionary dictionary() {
        return dictionary;
    }

    /** Fails with {@link UnknownCode} for a hash that the dictionary does not have. */
    int id(Bytes32 codeHash) {
        Integer id = ids.get(codeHash);
        if (id == null) {
            throw new UnknownCode();
        }
        return id;
    }

    /** A code that came after the snapshot. */
    static final class UnknownCode extends RuntimeException {
        private static final long serialVersionUID = 1;

        UnknownCode() {
            super("a code hash that the dictionary does not have", null, false, false);
        }
    }
}
