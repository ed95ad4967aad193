package org.morphogen.coordinator.epoch;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.morphogen.coordinator.feed.BlockChanges;
import org.morphogen.epoch.GrownDictionary;
import org.morphogen.row.AccountValue;
import org.morphogen.row.Bytes32;
import org.morphogen.row.CodeDictionary;
import org.morphogen.row.CodeHashes;

/**
 * The ids of a table's code hashes, from one epoch to the next: a hash that a block brings gets the next id, in the order
 * of the accounts' addresses, so both parties give the same. Takes some 100 bytes a hash. Not thread-safe.
 */
final class CodeBook {
    private final CodeDictionary snapshot;
    private final Map<Bytes32, Integer> ids = new HashMap<>();
    /** Those of {@link #ids} that blocks have added. */
    private CodeHashes indexed = CodeHashes.none();

    CodeBook(CodeDictionary snapshot) {
        this.snapshot = snapshot;
        for (int id = 0; id < snapshot.size(); id++) {
            ids.put(snapshot.codeHash(id), id);
        }
    }

    /**
     * Takes up a block; its new codes come behind those of the epoch before. Fails with IllegalArgumentException when the
     * dictionary gets too long.
     *
     * @param before the dictionary at the epoch before
     * @return the new codes
     */
    List<Bytes32> begin(GrownDictionary before, BlockChanges block) {
        index(before.added());
        Set<Bytes32> fresh = new LinkedHashSet<>();
        block.accounts()
                .forEach(change -> change.after()
                        .map(AccountValue::codeHash)
                        .filter(hash -> !ids.containsKey(hash))
                        .ifPresent(fresh::add));
        List<Bytes32> added = List.copyOf(fresh);
        index(before.plus(added).added());
        return added;
    }

    /** The id of a code hash of the epoch before or of the block that was begun last. */
    int id(Bytes32 codeHash) {
        return Optional.ofNullable(ids.get(codeHash))
                .orElseThrow(() -> new IllegalStateException("a code hash of another block"));
    }

    /** All code hashes of the epoch before and of the block that was begun last. */
    CodeDictionary dictionary() {
        return snapshot.with(indexed);
    }

    /** Makes the ids those of the snapshot and of {@code wanted}, perhaps after blocks were undone. */
    private void index(CodeHashes wanted) {
        int common = indexed.commonWith(wanted);
        for (int undone = common; undone < indexed.count(); undone++) {
            ids.remove(indexed.at(undone));
        }
        for (int added = common; added < wanted.count(); added++) {
            ids.put(wanted.at(added), snapshot.size() + added);
        }
        indexed = wanted;
    }
}
