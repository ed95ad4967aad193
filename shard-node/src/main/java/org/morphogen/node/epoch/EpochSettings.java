package org.morphogen.node.epoch;

/**
 * What bounds a generation's epochs.
 *
 * @param windowEpochs that can be asked for, head included; at least 1
 * @param windowBytes of deltas in memory; beyond it the window is shorter
 * @param logBytes of deltas on disk, beyond which chunks are written anew so that older ones can go
 * @param watch told of each step that a crash may follow
 */
public record EpochSettings(int windowEpochs, long windowBytes, long logBytes, StepWatch watch) {
    private static final int MOST_EPOCHS = 65_536;

    public EpochSettings {
        if (windowEpochs < 1 || windowEpochs > MOST_EPOCHS) {
            throw new IllegalArgumentException("windowEpochs: 1 to " + MOST_EPOCHS);
        }
        if (windowBytes < 1 || logBytes < 1) {
            throw new IllegalArgumentException("windowMemory and deltaLog: more than nothing");
        }
    }

    /** The defaults. */
    public static EpochSettings standard() {
        return new EpochSettings(64, 256L << 20, 256L << 20, StepWatch.NONE);
    }
}
