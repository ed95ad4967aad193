package org.morphogen.coordinator.feed;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.morphogen.failure.MorphogenException;
import org.morphogen.snapshot.BlockInfo;

/**
 * The blocks of an Ethereum node, over JSON-RPC. The node must take batches and serve {@code eth_getBlockByNumber} and
 * {@code debug_traceBlockByHash} or {@code debug_traceBlockByNumber} with the prestateTracer; where slots are wanted,
 * {@code eth_getStorageAt} at a block's hash too.
 *
 * <p>At most {@link FeedLimits#aheadBlocks} blocks lie in memory, those not yet asked for among them. Not thread-safe.
 */
public final class JsonRpcFeed implements BlockFeed {
    private final FeedLimits limits;
    private final NodeChain chain;
    private final Deque<BlockChanges> ahead = new ArrayDeque<>();
    /** What of the blocks is in {@code ahead}. */
    private Wanted fetched = Wanted.ACCOUNTS;

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
     * <p>A chain that has become shorter, without another block in an applied one's place, looks like a node that lags
     * behind: then the {@link FeedStep.Undo} comes only after {@code wait}.
     */
    @Override
    public FeedStep next(List<BlockInfo> applied, Wanted wanted, Duration wait) throws InterruptedException {
        if (applied.isEmpty()) {
            throw new IllegalArgumentException("applied: must hold the newest block at least");
        }
        Patience patience = new Patience(wait);
        while (true) {
            Optional<FeedStep> step = patience.keepTrying(() -> look(applied, wanted, patience));
            if (step.isPresent()) {
                return step.get();
            }
            if (!patience.pause(limits.pollInterval())) {
                return new FeedStep.Nothing();
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

    private Optional<FeedStep> look(List<BlockInfo> applied, Wanted wanted, Patience patience)
            throws InterruptedException {
        try {
            return step(applied, wanted, patience);
        } catch (MorphogenException failed) {
            if (width == 1) {
                throw failed;
            }
            // One block may be served where several are too much for the node's limits or ours.
            width = 1;
            return step(applied, wanted, patience);
        }
    }

    private Optional<FeedStep> step(List<BlockInfo> applied, Wanted wanted, Patience patience)
            throws InterruptedException {
        BlockInfo last = applied.getLast();
        if (wanted != fetched || ahead.isEmpty() || !ahead.element().isChildOf(last)) {
            ahead.clear();
            fetched = wanted;
            Map<Long, BlockHead> heads = chain.heads(LongStream.rangeClosed(last.number(), last.number() + width)
                    .boxed()
                    .toList());
            if (!NodeChain.holds(heads, last)) {
                return leave(applied, patience);
            }
            fetch(children(last, heads));
        }
        return Optional.ofNullable(ahead.poll()).map(FeedStep.Append::new);
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

    private Optional<FeedStep> leave(List<BlockInfo> applied, Patience patience) throws InterruptedException {
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
        boolean left = !to.equals(applied.getLast()) && (fork.replaced() || patience.isOver());
        return left ? Optional.of(new FeedStep.Undo(to)) : Optional.empty();
    }
}
