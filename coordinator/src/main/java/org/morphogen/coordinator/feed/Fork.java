package org.morphogen.coordinator.feed;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.morphogen.snapshot.BlockInfo;

/**
 * Where a node's chain parts from the applied blocks.
 *
 * @param shared the newest applied block that is on the chain
 * @param replaced whether the applied block after that has another in its place; if not, the chain is merely shorter
 */
record Fork(Optional<BlockInfo> shared, boolean replaced) {
    private static final int HEADS_AT_A_TIME = 32;

    static Fork find(List<BlockInfo> applied, NodeChain chain) throws InterruptedException {
        boolean replaced = false;
        for (int end = applied.size(); end > 0; end -= HEADS_AT_A_TIME) {
            List<BlockInfo> part = applied.subList(Math.max(0, end - HEADS_AT_A_TIME), end);
            Map<Long, BlockHead> heads =
                    chain.heads(part.stream().map(BlockInfo::number).toList());
            for (BlockInfo block : part.reversed()) {
                if (NodeChain.holds(heads, block)) {
                    return new Fork(Optional.of(block), replaced);
                }
                replaced = heads.containsKey(block.number());
            }
        }
        return new Fork(Optional.empty(), replaced);
    }
}
