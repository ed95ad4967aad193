package org.morphogen.coordinator.leadership;

/**
 * The newest leader.
 *
 * @param term grows with every new leader, from 1
 * @param coordinatorId who leads, if it is alive
 */
public record TermRecord(long term, String coordinatorId) {
    public TermRecord {
        if (term < 1) {
            throw new IllegalArgumentException("term: counts from 1");
        }
    }
}
