package org.morphogen.node.epoch;

/**
 * What a generation's epochs take, for metrics.
 *
 * @param span what can be asked for
 * @param deltaBytes of the entries of all deltas in memory
 * @param logBytes of all files of the delta log
 * @param segmentsBehind segments whose rows do not stand at the head yet
 */
public record KeptEpochs(EpochSpan span, long deltaBytes, long logBytes, int segmentsBehind) {}
