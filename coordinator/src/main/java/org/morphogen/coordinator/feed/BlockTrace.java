package org.morphogen.coordinator.feed;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A block's trace, merged while it is read: no more than one transaction's diff lies in memory beside the result.
 *
 * @param transactions of each traced transaction its hash, where the node tells it
 */
record BlockTrace(BlockDiffs diffs, List<Optional<String>> transactions) {
    /**
     * Reads an array of diffs, each {@code {pre, post}} or {@code {result: {pre, post}, txHash}}.
     *
     * @param at stands at the array's first token, and afterwards at its last
     */
    static BlockTrace read(JsonParser at) throws IOException {
        BlockTrace trace = new BlockTrace(new BlockDiffs(), new ArrayList<>());
        DiffReader reader = new DiffReader(at);
        Json.array("trace", at, () -> {
            DiffReader.Element element = reader.element("transaction " + trace.transactions.size());
            trace.transactions.add(element.hash());
            trace.diffs.add(element.diff());
        });
        return trace;
    }

    /** What the block changed, if this is the trace of that block. */
    BlockChanges changes(BlockHead head, StateAnswers known) throws BadJson {
        if (!fits(head.transactions())) {
            throw new BadJson("trace: is not that of block " + head.block().number() + ": its transactions are others");
        }
        return diffs.changes(head, known);
    }

    private boolean fits(List<String> expected) {
        boolean fits = expected.size() == transactions.size();
        for (int i = 0; fits && i < expected.size(); i++) {
            fits = transactions.get(i).orElse(expected.get(i)).equals(expected.get(i));
        }
        return fits;
    }
}
