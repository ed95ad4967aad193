package org.morphogen.epoch;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.morphogen.snapshot.Manifest;
import org.morphogen.snapshot.TableManifest;

/**
 * The dictionaries of all tables that have one, at an epoch.
 *
 * @param byTable by the table's name
 */
public record GrownDictionaries(Map<String, GrownDictionary> byTable) {
    /** Of tables without dictionaries. */
    public static final GrownDictionaries NONE = new GrownDictionaries(Map.of());

    public GrownDictionaries {
        byTable = Map.copyOf(byTable);
    }

    /** As in the snapshot. */
    public static GrownDictionaries of(Manifest manifest) {
        Map<String, GrownDictionary> byTable = new TreeMap<>();
        for (TableManifest table : manifest.tables()) {
            table.dictionary().ifPresent(entry -> byTable.put(table.name(), GrownDictionary.of(entry)));
        }
        return new GrownDictionaries(byTable);
    }

    /** The dictionary of a table, if it has one. */
    public Optional<GrownDictionary> of(String table) {
        return Optional.ofNullable(byTable.get(table));
    }

    /**
     * With what a block adds. Fails with IllegalArgumentException for a table that has none, and when one gets too long.
     */
    public GrownDictionaries plus(List<DictionaryGrowth> growths) {
        if (growths.isEmpty()) {
            return this;
        }
        Map<String, GrownDictionary> grown = new TreeMap<>(byTable);
        for (DictionaryGrowth growth : growths) {
            GrownDictionary before = grown.get(growth.table());
            if (before == null) {
                throw new IllegalArgumentException("dictionaries: table " + growth.table() + " has none");
            }
            grown.put(growth.table(), before.plus(growth.codeHashes()));
        }
        return new GrownDictionaries(grown);
    }
}
