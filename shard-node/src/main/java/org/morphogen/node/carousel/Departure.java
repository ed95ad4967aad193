package org.morphogen.node.carousel;

/** Why a query left before its turn was done. */
public enum Departure {
    /** Nobody waits for it any more. */
    CANCELLED,
    /** Its deadline has passed. */
    EXPIRED,
    /** Scanning failed; the log tells how. */
    DEFECT,
    /** The carousel stopped. */
    STOPPED
}
