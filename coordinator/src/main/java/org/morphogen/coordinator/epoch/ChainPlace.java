package org.morphogen.coordinator.epoch;

/** What the chain's feed has said of a generation's head. */
public enum ChainPlace {
    /** Nothing yet, or nothing good. */
    UNTOLD,
    /** It is on the chain. */
    ON_CHAIN,
    /** It is on the chain, which had no newer block. */
    NEWEST
}
