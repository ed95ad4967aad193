package org.morphogen.coordinator.cli;

import java.util.Map;
import java.util.function.Supplier;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/** Turns the refusal of a value into a failure of the command line that gave it. */
final class SettingsCheck {
    private SettingsCheck() {}

    /** What {@code made} makes; fails with SETTINGS_INVALID where it refuses its values. */
    static <T> T of(Supplier<T> made) {
        try {
            return made.get();
        } catch (IllegalArgumentException | MorphogenException refused) {
            throw new MorphogenException(FailureReason.SETTINGS_INVALID, refused.getMessage() + ".", Map.of(), refused);
        }
    }
}
