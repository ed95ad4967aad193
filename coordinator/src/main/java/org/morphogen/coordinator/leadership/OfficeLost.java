package org.morphogen.coordinator.leadership;

import org.morphogen.failure.MorphogenException;

/**
 * A write of the leader that was refused or whose outcome is unknown. The leader must stop: what it believes about
 * ZooKeeper's contents may be wrong. The next leader, maybe itself, reads them anew.
 */
public final class OfficeLost extends RuntimeException {
    private final MorphogenException failure;

    /** For the failure of a write. */
    public OfficeLost(MorphogenException failure) {
        super(failure.getMessage(), failure);
        this.failure = failure;
    }

    /** What happened to the write. */
    public MorphogenException failure() {
        return failure;
    }
}
