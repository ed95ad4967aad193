package org.morphogen.node.epoch;

/** Is told of each step after which a crash finds the disk in another state. Called on whatever thread made the step. */
@FunctionalInterface
public interface StepWatch {
    /** Watches nothing. */
    StepWatch NONE = step -> {};

    /** The step was just made. */
    void reached(Step step);

    /** Steps that a crash may follow. */
    enum Step {
        /** A record is in the log's file and perhaps not on the disk. */
        LOG_WRITTEN,
        /** A record is on the disk and its delta not acknowledged. */
        LOG_SYNCED,
        /** A new log file has its name. */
        LOG_ROLLED,
        /** A segment has been brought to another epoch. */
        SEGMENT_MERGED,
        /** Some of a chunk's rows are in a file that has no name yet. */
        CHECKPOINT_BEGUN,
        /** A chunk's rows are on the disk, in a file that has no name yet. */
        CHECKPOINT_SYNCED,
        /** A chunk's newer file has taken the place of the older. */
        CHECKPOINT_NAMED,
        /** A log file that no chunk needs any more is gone. */
        LOG_SHORTENED,
        /** A log that begins at a later epoch than the snapshot's has taken the place of another. */
        LOG_BEGUN
    }
}
