package org.morphogen.snapshot;

import java.util.HexFormat;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/**
 * SHA-256 of a manifest's bytes: the name of a snapshot, equal exactly when two snapshots are.
 *
 * @param hex 64 lower-case digits
 */
public record SnapshotDigest(String hex) {
    public SnapshotDigest {
        if (!Sha256.isHex(hex)) {
            throw new IllegalArgumentException("a snapshot digest is 64 lower-case hex digits");
        }
    }

    /** From the 32 bytes of a message; fails with REQUEST_INVALID. */
    public static SnapshotDigest of(byte[] bytes) {
        if (bytes.length != 32) {
            throw new MorphogenException(
                    FailureReason.REQUEST_INVALID, "snapshot_digest has " + bytes.length + " bytes, not 32.");
        }
        return new SnapshotDigest(HexFormat.of().formatHex(bytes));
    }

    /** The 32 bytes. */
    public byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }

    /** The first 12 digits, for people. */
    public String brief() {
        return hex.substring(0, 12);
    }

    @Override
    public String toString() {
        return hex;
    }
}
