package org.morphogen.epoch;

import java.security.MessageDigest;
import java.util.List;
import org.morphogen.row.Bytes32;
import org.morphogen.row.CodeHashes;
import org.morphogen.snapshot.DictionaryEntry;
import org.morphogen.snapshot.Sha256;

/**
 * A table's dictionary at an epoch, without the code hashes of the snapshot: what blocks have added since, and a digest
 * of all. The digest is that of the snapshot's file to begin with, and with each added hash SHA-256(digest | hash).
 * Immutable and thread-safe.
 */
public final class GrownDictionary {
    /** Most code hashes that blocks may add to one snapshot's dictionary: 128 MiB. */
    public static final int MOST_ADDED = 1 << 22;

    private final int snapshotEntries;
    private final CodeHashes added;
    private final Bytes32 digest;

    private GrownDictionary(int snapshotEntries, CodeHashes added, Bytes32 digest) {
        this.snapshotEntries = snapshotEntries;
        this.added = added;
        this.digest = digest;
    }

    /** As in the snapshot. */
    public static GrownDictionary of(DictionaryEntry snapshot) {
        return new GrownDictionary(snapshot.entries(), CodeHashes.none(), Bytes32.parse("0x" + snapshot.sha256()));
    }

    /** Entries of the snapshot, whose ids come first. */
    public int snapshotEntries() {
        return snapshotEntries;
    }

    /** Number of all entries: the id that the next one gets. */
    public int entries() {
        return snapshotEntries + added.count();
    }

    /** What blocks have added; the first has the id {@link #snapshotEntries}. */
    public CodeHashes added() {
        return added;
    }

    /** Equal digests mean equal dictionaries. */
    public Bytes32 digest() {
        return digest;
    }

    /** With more behind them; fails with IllegalArgumentException when they are more than {@link #MOST_ADDED} then. */
    public GrownDictionary plus(List<Bytes32> codeHashes) {
        if (codeHashes.isEmpty()) {
            return this;
        }
        if (codeHashes.size() > MOST_ADDED - added.count()) {
            throw new IllegalArgumentException(
                    "dictionaries: grow by more than " + MOST_ADDED + " code hashes since the snapshot");
        }
        MessageDigest sha256 = Sha256.digest();
        byte[] running = digest.bytes();
        for (Bytes32 hash : codeHashes) {
            sha256.update(running);
            running = sha256.digest(hash.bytes());
        }
        return new GrownDictionary(snapshotEntries, added.plus(codeHashes), Bytes32.of(running));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GrownDictionary that && entries() == that.entries() && digest.equals(that.digest);
    }

    @Override
    public int hashCode() {
        return digest.hashCode();
    }

    @Override
    public String toString() {
        return entries() + " code hashes, digest " + digest;
    }
}
