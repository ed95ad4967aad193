package org.morphogen.epoch;

import org.morphogen.row.Bytes32;
import org.morphogen.snapshot.ChunkId;

/** Which chunk a delta changes, and SHA-256 of the entries of that piece. */
public record PieceDigest(ChunkId chunk, Bytes32 sha256) {}
