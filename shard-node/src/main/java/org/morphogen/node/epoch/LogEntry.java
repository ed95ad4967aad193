package org.morphogen.node.epoch;

import java.util.List;
import org.morphogen.epoch.DeltaHeader;
import org.morphogen.epoch.DictionaryGrowth;
import org.morphogen.epoch.Epoch;
import org.morphogen.row.Bytes32;

/**
 * Where the delta that leads to an epoch stands in the log.
 *
 * @param dictionaries what it adds to them
 */
record LogEntry(Epoch epoch, Bytes32 parentDigest, List<DictionaryGrowth> dictionaries, LogFile file, long at) {
    LogEntry {
        dictionaries = List.copyOf(dictionaries);
    }

    static LogEntry of(DeltaHeader header, LogFile file, long at) {
        return new LogEntry(header.epoch(), header.parentDigest(), header.dictionaries(), file, at);
    }
}
