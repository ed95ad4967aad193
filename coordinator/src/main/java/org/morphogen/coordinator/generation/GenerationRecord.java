package org.morphogen.coordinator.generation;

import org.morphogen.snapshot.SnapshotDigest;

/**
 * A generation and its state.
 *
 * @param generation counts from 1, never used twice
 * @param state how far it is
 * @param snapshot folder name under the coordinators' snapshot directory
 * @param digest the snapshot's, 64 hex digits
 * @param base epoch 0 and its block
 * @param attempt of the administrator's to publish; empty where it has no id
 * @param problem why it FAILED; empty otherwise
 */
public record GenerationRecord(
        long generation,
        GenerationState state,
        String snapshot,
        String digest,
        EpochRecord base,
        String attempt,
        String problem) {
    /** Characters of an attempt's id. */
    public static final int MAX_ATTEMPT_CHARS = 64;

    public GenerationRecord {
        if (generation < 1) {
            throw new IllegalArgumentException("generation: counts from 1");
        }
        if ((state == GenerationState.FAILED) == problem.isEmpty()) {
            throw new IllegalArgumentException("problem: stands with a FAILED generation, and only there");
        }
        if (attempt.length() > MAX_ATTEMPT_CHARS) {
            throw new IllegalArgumentException("attempt: at most " + MAX_ATTEMPT_CHARS + " characters");
        }
        new SnapshotDigest(digest);
    }

    /** The snapshot's digest. */
    public SnapshotDigest snapshotDigest() {
        return new SnapshotDigest(digest);
    }

    /** The same generation further on. */
    GenerationRecord become(GenerationState next, String why) {
        if (!state.mayBecome(next)) {
            throw new IllegalStateException("generation " + generation + " cannot go from " + state + " to " + next);
        }
        return new GenerationRecord(generation, next, snapshot, digest, base, attempt, why);
    }
}
