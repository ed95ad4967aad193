package org.morphogen.coordinator.feed;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.morphogen.failure.MorphogenException;
import org.morphogen.snapshot.BlockInfo;

/**
 * The blocks of an Ethereum node, over JSON-RPC. The node must take batches and serve {@code eth_getBlockByNumber} and
 * {@code debug_traceBlockByHash} or {@code debug_traceBlockByNumber} with the prestateTracer; at a block's hash {@code
 * eth_getBalance}, {@code eth_getTransactionCount} and {@code eth_getCode}, for accounts of which a trace leaves open
 * what became of them; and where slots are wanted, {@code eth_getStorageAt} in the same way.
 *
 * <p>At most {@link FeedLimits#aheadBlocks} blocks lie in memory, those not yet asked for among them. Not thread-safe.
 */
public final class JsonRpcFeed implements BlockFeed {
    private final FeedLimits limits;
    private final NodeChain chain;
    private final Deque<BlockChanges> ahead = new ArrayDeque<>();
    /** What of the blocks is in {@code ahead}. */
    private Wanted fetched = Wanted.ACCOUNTS;

    /** The newest block that was applied, if the node had none after it when last asked. */
    private Optional<BlockHead> newest = Optional.empty();

    /** How many blocks to fetch at a time: fewer while the node has trouble with more. */
    private int width;

    /**
     * Connects to a node when first asked for a block.
     *
     * @param node a http or https URL; user and password in it are sent as basic authorization
     * @throws MorphogenException SETTINGS_INVALID for any other URL
     */
    public JsonRpcFeed(URI node, FeedLimits limits) {
        this.limits = limits;
        this.chain = new NodeChain(new NodeConnection(NodeUrl.of(node), limits));
        this.width = limits.aheadBlocks();
    }

    /**
     * {@inheritDoc}
     *
     * <p>A chain that has become shorter, without another block in an applied one's place, is that of a node which lags
     * behind: nothing is undone, and the node counts as failing.
     */
    @Override
    public FeedStep next(List<BlockInfo> applied, Wanted wanted, Duration wait) throws InterruptedException {
        if (applied.isEmpty()) {
            throw new IllegalArgumentException("applied: must hold the newest block at least");
        }
        Patience patience = new Patience(wait);
        while (true) {
            Optional<FeedStep> step = patience.keepTrying(() -> look(applied, wanted));
            if (step.isPresent()) {
                return step.get();
            }
            if (!patience.pause(limits.pollInterval())) {
                return new FeedStep.Nothing(newest.map(BlockHead::timestamp).orElse(OptionalLong.empty()));
            }
        }
    }

    /**
     * The block of that number on the node's chain; empty if it has none yet.
     *
     * @param wait how long to try again while the node fails
     */
    public Optional<BlockInfo> block(long number, Duration wait) throws InterruptedException {
        return new Patience(wait)
                .keepTrying(
                        () -> Optional.ofNullable(chain.heads(List.of(number)).get(number)))
                .map(BlockHead::block);
    }

    @Override
    public void close() {
        ahead.clear();
        chain.close();
    }

    private Optional<FeedStep> look(List<BlockInfo> applied, Wanted wanted) throws InterruptedException {
        try {
            return step(applied, wanted);
        } catch (MorphogenException failed) {
            if (width == 1) {
                throw failed;
            }
            // One block may be served where several are too much for the node's limits or ours.
            width = 1;
            return step(applied, wanted);
        }
    }

    private Optional<FeedStep> step(List<BlockInfo> applied, Wanted wanted) throws InterruptedException {
        BlockInfo last = applied.getLast();
        if (wanted != fetched || ahead.isEmpty() || !ahead.element().isChildOf(last)) {
            ahead.clear();
            fetched = wanted;
            Map<Long, BlockHead> heads = chain.heads(LongStream.rangeClosed(last.number(), last.number() + reach(last))
                    .boxed()
                    .toList());
            newest = Optional.empty();
            if (!NodeChain.holds(heads, last)) {
                return leave(applied);
            }
            List<BlockHead> children = children(last, heads);
            if (children.isEmpty()) {
                newest = Optional.ofNullable(heads.get(last.number()));
            }
            fetch(children);
        }
        return Optional.ofNullable(ahead.poll()).map(FeedStep.Append::new);
    }

    /** How many blocks to look for after an applied one: where there was none just now, more than one seldom come. */
    private int reach(BlockInfo last) {
        boolean atTheTip = newest.filter(head -> head.block().equals(last)).isPresent();
        return atTheTip ? 1 : width;
    }

    private static List<BlockHead> children(BlockInfo last, Map<Long, BlockHead> heads) {
        List<BlockHead> children = new ArrayList<>();
        BlockInfo tip = last;
        @Nullable BlockHead next = heads.get(tip.number() + 1);
        while (next != null && next.isChildOf(tip)) {
            children.add(next);
            tip = next.block();
            next = heads.get(tip.number() + 1);
        }
        return children;
    }

    private void fetch(List<BlockHead> children) throws InterruptedException {
        if (!children.isEmpty()) {
            List<BlockChanges> changes = chain.changes(children, fetched);
            ahead.addAll(changes);
            boolean all = changes.size() == children.size();
            width = all ? Math.min(2 * width, limits.aheadBlocks()) : Math.max(1, changes.size());
        }
    }

    private Optional<FeedStep> leave(List<BlockInfo> applied) throws InterruptedException {
        Fork fork = Fork.find(applied, chain);
        if (fork.shared().isEmpty()) {
            if (!fork.replaced()) {
                throw chain.behind(applied.getFirst().number());
            }
            return Optional.of(
                    new FeedStep.TooDeep("block " + applied.getFirst().number()
                            + ", the oldest that can be undone, is another on the node's chain: the chain was reorganised"
                            + " deeper than that, or the node is of another network"));
        }
        BlockInfo to = fork.shared().get();
        if (to.equals(applied.getLast())) {
            return Optional.empty();
        }
        if (!fork.replaced()) {
            throw chain.shorter(to.number(), applied.getLast().number());
        }
        return Optional.of(new FeedStep.Undo(to));
    }
}
