package org.morphogen.coordinator.feed;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.morphogen.failure.MorphogenException;
import org.morphogen.snapshot.BlockInfo;

/** What a node knows of its chain. Every failure is an UNAVAILABLE. Not thread-safe. */
final class NodeChain implements AutoCloseable {
    private final NodeConnection node;
    private final NodeState state;
    /** Tracing by hash cannot give another block than the one meant; not every node has it. */
    private boolean tracesByHash = true;

    NodeChain(NodeConnection node) {
        this.node = node;
        this.state = new NodeState(node);
    }

    /** The blocks of these numbers that the node has, by number. */
    Map<Long, BlockHead> heads(List<Long> numbers) throws InterruptedException {
        List<RpcAnswer<Optional<BlockHead>>> answers =
                node.ask(numbers.stream().map(RpcCall::head).toList(), HeadReader::ofNode);
        Map<Long, BlockHead> heads = new HashMap<>();
        for (int i = 0; i < numbers.size(); i++) {
            long number = numbers.get(i);
            head(number, answers.get(i)).ifPresent(head -> heads.put(number, head));
        }
        return heads;
    }

    /** Whether the block is in the chain now. */
    boolean has(BlockInfo block) throws InterruptedException {
        return holds(heads(List.of(block.number())), block);
    }

    /** Whether the block is among these. */
    static boolean holds(Map<Long, BlockHead> heads, BlockInfo block) {
        @Nullable BlockHead there = heads.get(block.number());
        return there != null && there.block().hash().equals(block.hash());
    }

    /**
     * What blocks changed: of some of them from the first on, for a node has limits of its own; or of none if the chain
     * has moved meanwhile.
     */
    List<BlockChanges> changes(List<BlockHead> heads, Wanted wanted) throws InterruptedException {
        List<BlockChanges> changes = new ArrayList<>();
        try {
            List<RpcAnswer<BlockTrace>> traces = traces(heads);
            for (int i = 0; i < heads.size(); i++) {
                changes.add(merged(heads.get(i), traces.get(i), wanted));
            }
        } catch (MorphogenException failed) {
            if (changes.isEmpty() && has(heads.getFirst().block())) {
                throw failed;
            }
        }
        return tracesByHash ? changes : stillThere(changes);
    }

    /** That the node lacks a block which it should have. */
    MorphogenException behind(long number) {
        return node.unavailable("does not have block " + number + ", which others had: it is not in sync", null);
    }

    /** That the node's chain is a part of the one that was applied. */
    MorphogenException shorter(long newest, long applied) {
        return node.unavailable(
                "has block " + newest + " for its newest, and block " + applied
                        + " was taken before: it lags behind, or has lost blocks",
                "Nothing is undone; it goes on once the node has caught up, or has other blocks in their place.",
                null);
    }

    @Override
    public void close() {
        node.close();
    }

    private Optional<BlockHead> head(long number, RpcAnswer<Optional<BlockHead>> answer) {
        return switch (answer) {
            case RpcAnswer.Refusal<Optional<BlockHead>> refusal -> throw refused("block " + number, refusal);
            case RpcAnswer.Result<Optional<BlockHead>>(Optional<BlockHead> head) -> {
                if (head.isPresent() && head.get().block().number() != number) {
                    throw node.unavailable("sent block " + head.get().block().number() + " for " + number, null);
                }
                yield head;
            }
        };
    }

    private List<RpcAnswer<BlockTrace>> traces(List<BlockHead> heads) throws InterruptedException {
        if (tracesByHash) {
            List<RpcAnswer<BlockTrace>> traces =
                    node.ask(heads.stream().map(RpcCall::traceByHash).toList(), BlockTrace::read);
            if (!(traces.getFirst() instanceof RpcAnswer.Refusal<BlockTrace> refusal && refusal.isMethodUnknown())) {
                return traces;
            }
            tracesByHash = false;
        }
        return node.ask(heads.stream().map(RpcCall::traceByNumber).toList(), BlockTrace::read);
    }

    private BlockChanges merged(BlockHead head, RpcAnswer<BlockTrace> answer, Wanted wanted)
            throws InterruptedException {
        return switch (answer) {
            case RpcAnswer.Refusal<BlockTrace> refusal ->
                throw refused("the trace of block " + head.block().number(), refusal);
            case RpcAnswer.Result<BlockTrace>(BlockTrace trace) -> {
                try {
                    yield wanted.of(trace.changes(head, state.after(head, trace.diffs(), wanted)));
                } catch (BadJson misfit) {
                    throw node.unavailable("sent what cannot be used: " + misfit.getMessage(), misfit);
                }
            }
        };
    }

    /** A trace by number may be that of a block which came in another's place: those are left out. */
    private List<BlockChanges> stillThere(List<BlockChanges> changes) throws InterruptedException {
        if (changes.isEmpty()) {
            return changes;
        }
        Map<Long, BlockHead> now =
                heads(changes.stream().map(c -> c.block().number()).toList());
        int there = 0;
        while (there < changes.size() && holds(now, changes.get(there).block())) {
            there++;
        }
        return changes.subList(0, there);
    }

    private MorphogenException refused(String what, RpcAnswer.Refusal<?> refusal) {
        return node.unavailable("refused " + what + " with " + refusal.explained(), null);
    }
}
