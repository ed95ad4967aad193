package org.morphogen.coordinator.epoch;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.morphogen.coordinator.feed.BlockChanges;
import org.morphogen.epoch.GrownDictionary;
import org.morphogen.row.AccountValue;
import org.morphogen.row.Bytes32;
import org.morphogen.row.CodeDictionary;
import org.morphogen.row.CodeHashes;

/**
 * The ids of a table's code hashes, from one epoch to the next: a hash that a block brings gets the next id, in the order
 * of the accounts' addresses, so both parties give the same. Takes some 100 bytes a hash. Thread-safe: what it gives for
 * a block stays true whatever is begun meanwhile.
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
     */
    synchronized BlockCodes begin(GrownDictionary before, BlockChanges block) {
        index(before.added());
        Set<Bytes32> named = block.accounts().stream()
                .flatMap(change -> change.after().stream())
                .map(AccountValue::codeHash)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        List<Bytes32> added =
                named.stream().filter(hash -> !ids.containsKey(hash)).toList();
        index(before.plus(added).added());
        Map<Bytes32, Integer> wanted = new HashMap<>();
        named.forEach(
                hash -> wanted.put(hash, Optional.ofNullable(ids.get(hash)).orElseThrow()));
        return new BlockCodes(added, snapshot.with(indexed), wanted);
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
