package org.morphogen.node.epoch;

import org.morphogen.epoch.Epoch;

/** The oldest epoch and the newest that can be asked for. */
public record EpochSpan(Epoch oldest, Epoch head) {}
