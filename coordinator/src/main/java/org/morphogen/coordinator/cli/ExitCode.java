package org.morphogen.coordinator.cli;

import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/** Exit codes of all commands. */
public final class ExitCode {
    /** Done. */
    public static final int OK = 0;
    /** The command was understood and failed. */
    public static final int FAILED = 1;
    /** The command line or the settings cannot be used; picocli's own code for that. */
    public static final int USAGE = 2;

    /** Done, and what was asked about is not fully serving, or its replicas differ. */
    public static final int NOT_SERVING = 3;

    private ExitCode() {}

    /** The code that tells of that failure. */
    public static int of(MorphogenException failure) {
        return failure.reason() == FailureReason.SETTINGS_INVALID ? USAGE : FAILED;
    }
}
