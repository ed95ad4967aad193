package org.morphogen.coordinator.generation;

/** The life of a generation: STAGING, then SERVING, then RETIRED; or FAILED instead of SERVING. */
public enum GenerationState {
    /** Being verified, placed, loaded and brought up to the chain; not served yet. */
    STAGING,
    /** In the view, or superseded and held for the grace that clients need to move. */
    SERVING,
    /** Was served and is no longer held. */
    RETIRED,
    /** Never served; its record tells why. */
    FAILED;

    /** Whether a generation may go from this state to {@code next}. */
    public boolean mayBecome(GenerationState next) {
        return switch (this) {
            case STAGING -> next == SERVING || next == FAILED;
            case SERVING -> next == RETIRED;
            case RETIRED, FAILED -> false;
        };
    }

    /** Whether it is over. */
    public boolean isFinal() {
        return switch (this) {
            case STAGING, SERVING -> false;
            case RETIRED, FAILED -> true;
        };
    }
}
