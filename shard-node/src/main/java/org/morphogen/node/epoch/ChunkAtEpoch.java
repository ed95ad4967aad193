package org.morphogen.node.epoch;

/** A chunk as it was at an epoch, which whoever asks keeps pinned. */
public record ChunkAtEpoch(LiveChunk chunk, KnownEpoch epoch) {
    /** One of the chunk's segments, whatever epoch it stands at. */
    public LiveSegment segment(int index) {
        return chunk.segment(index);
    }

    /** Whether a segment's rows are those of this epoch. For whoever reads the segment. */
    public boolean isStanding(int segment) {
        return segment(segment).standsAt(epoch);
    }

    /** What a segment's rows differ by from those of this epoch. For whoever reads the segment. */
    public Differences differences(int segment) {
        return segment(segment).differences(chunk, epoch);
    }
}
