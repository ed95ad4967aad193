package org.morphogen.coordinator.generation;

/**
 * What the party serves.
 *
 * @param generation in the view
 * @param head the newest epoch that every shard can answer
 */
public record ServingRecord(long generation, EpochRecord head) {}
