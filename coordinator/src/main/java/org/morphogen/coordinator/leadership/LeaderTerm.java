package org.morphogen.coordinator.leadership;

/**
 * A term that this coordinator has won.
 *
 * @param number carried by every control call
 * @param fence version of the term's znode; another leader's term changes it
 */
public record LeaderTerm(long number, int fence) {}
