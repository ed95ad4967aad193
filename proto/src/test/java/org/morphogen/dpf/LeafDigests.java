package org.morphogen.dpf;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** Expands a key piece by piece into what a vector states, so that the largest vector needs little memory. */
final class LeafDigests {
    private static final int PIECE_LEAVES = 1 << 14;

    private final DpfDomain domain;
    private final MessageDigest allLeaves = sha256();
    private final MessageDigest usedLeaves = sha256();
    private final MessageDigest rows = sha256();
    private final ByteArrayOutputStream keptLeaves = new ByteArrayOutputStream();
    private final ByteArrayOutputStream keptRows = new ByteArrayOutputStream();

    /** Keeps the leaves and rows themselves only when asked to. */
    LeafDigests(DpfKey key, DpfDomain domain, boolean keep) {
        this.domain = domain;
        DpfEvaluator evaluator = new DpfEvaluator();
        long leaves = domain.leaves();
        for (long first = 0; first < leaves; first += PIECE_LEAVES) {
            int count = (int) Math.min(PIECE_LEAVES, leaves - first);
            byte[] piece = new byte[count * DpfDomain.LEAF_BYTES];
            evaluator.leaves(key, first, count, piece, 0);
            add(first * DpfDomain.LEAF_BYTES, piece, keep);
        }
    }

    private void add(long at, byte[] piece, boolean keep) {
        allLeaves.update(piece);
        usedLeaves.update(piece, 0, clamp(domain.usedLeaves() * DpfDomain.LEAF_BYTES - at, piece.length));
        byte[] rowPart = Arrays.copyOf(piece, clamp((domain.rows() + 7) / 8 - at, piece.length));
        int rowsInLastByte = (int) (domain.rows() & 7);
        if (rowPart.length > 0 && at + rowPart.length == (domain.rows() + 7) / 8 && rowsInLastByte != 0) {
            rowPart[rowPart.length - 1] &= (byte) ((1 << rowsInLastByte) - 1);
        }
        rows.update(rowPart);
        if (keep) {
            keptLeaves.writeBytes(piece);
            keptRows.writeBytes(rowPart);
        }
    }

    String allLeavesSha256() {
        return HexFormat.of().formatHex(allLeaves.digest());
    }

    String usedLeavesSha256() {
        return HexFormat.of().formatHex(usedLeaves.digest());
    }

    String rowsSha256() {
        return HexFormat.of().formatHex(rows.digest());
    }

    byte[] allLeaves() {
        return keptLeaves.toByteArray();
    }

    byte[] rows() {
        return keptRows.toByteArray();
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int clamp(long bytes, int max) {
        return (int) Math.max(0, Math.min(bytes, max));
    }
}
