package org.morphogen.node.epoch;

import org.morphogen.epoch.Epoch;
import org.morphogen.row.Bytes32;

/** Where the delta that leads to an epoch stands in the log. */
record LogEntry(Epoch epoch, Bytes32 parentDigest, LogFile file, long at) {}
