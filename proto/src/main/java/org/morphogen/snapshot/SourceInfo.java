package org.morphogen.snapshot;

/**
 * What one table was built from. It names content, not places, so that two parties' manifests are equal.
 *
 * @param table the table
 * @param format of the input, e.g. {@code geth-genesis}, {@code csv}, {@code jsonl}
 * @param sha256 of the input's bytes, unpacked
 */
public record SourceInfo(String table, String format, String sha256) {
    public SourceInfo {
        if (!Sha256.isHex(sha256)) {
            throw new IllegalArgumentException("sha256: not 64 lower-case hex digits");
        }
    }
}
