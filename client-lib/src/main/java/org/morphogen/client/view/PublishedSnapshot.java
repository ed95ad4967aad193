package org.morphogen.client.view;

import io.grpc.Deadline;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.CodeDictionary;
import org.morphogen.snapshot.DictionaryEntry;
import org.morphogen.snapshot.Manifest;
import org.morphogen.snapshot.ManifestCodec;
import org.morphogen.snapshot.SnapshotDigest;
import org.morphogen.snapshot.TableManifest;

/**
 * The public files of a snapshot, checked against its digest. Dictionaries are there whole, whatever will be looked
 * up: fetching a part of one would tell what an answer held. Immutable.
 *
 * @param dictionaries by table
 */
public record PublishedSnapshot(SnapshotDigest digest, Manifest manifest, Map<String, CodeDictionary> dictionaries) {
    /** Longest dictionary that is taken in: 16 million code hashes. */
    static final long MAX_DICTIONARY_BYTES = 512L << 20;

    public PublishedSnapshot {
        dictionaries = Map.copyOf(dictionaries);
    }

    /** Fetches and checks everything; fails with PARTY_MISBEHAVES, SNAPSHOT_INVALID, or what the party said. */
    static PublishedSnapshot fetch(Coordinators coordinators, SnapshotDigest digest, Deadline deadline) {
        SnapshotFiles files = new SnapshotFiles(coordinators, digest);
        Manifest manifest =
                ManifestCodec.decode(files.fetch(Manifest.FILE, digest.hex(), ManifestCodec.MAX_BYTES, deadline));
        Map<String, CodeDictionary> dictionaries = new HashMap<>();
        for (TableManifest table : manifest.tables()) {
            table.dictionary().ifPresent(entry -> dictionaries.put(table.name(), dictionary(files, entry, deadline)));
        }
        return new PublishedSnapshot(digest, manifest, dictionaries);
    }

    /** The table; fails with TABLE_UNKNOWN. */
    public TableManifest table(String name) {
        Optional<TableManifest> table = manifest.table(name);
        return table.orElseThrow(() -> {
            String known = String.join(
                    ", ", manifest.tables().stream().map(TableManifest::name).toList());
            return new MorphogenException(
                    FailureReason.TABLE_UNKNOWN,
                    "There is no table '" + name + "'; the parties serve " + known + ".",
                    Map.of("tables", known));
        });
    }

    /** The table's code hashes, or none. */
    public CodeDictionary dictionary(String table) {
        return dictionaries.getOrDefault(table, CodeDictionary.NONE);
    }

    private static CodeDictionary dictionary(SnapshotFiles files, DictionaryEntry entry, Deadline deadline) {
        if (entry.bytes() > MAX_DICTIONARY_BYTES) {
            throw new MorphogenException(
                    FailureReason.SNAPSHOT_INVALID,
                    entry.file() + " has " + entry.bytes() + " bytes; a client takes in " + MAX_DICTIONARY_BYTES + ".");
        }
        return CodeDictionary.parse(files.fetch(entry.file(), entry.sha256(), entry.bytes(), deadline));
    }
}
