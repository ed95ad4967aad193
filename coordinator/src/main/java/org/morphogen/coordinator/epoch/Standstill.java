package org.morphogen.coordinator.epoch;

/**
 * Why a generation's epochs do not follow the chain.
 *
 * @param trouble its kind, for everybody
 * @param why in full, with what to do; for the party's own administrators; empty where there is no trouble
 */
public record Standstill(Trouble trouble, String why) {
    /** They do follow. */
    public static final Standstill NONE = new Standstill(Trouble.NONE, "");
}
