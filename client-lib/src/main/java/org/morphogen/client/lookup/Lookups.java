package org.morphogen.client.lookup;

import io.grpc.Deadline;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.morphogen.client.connection.NodeStreams;
import org.morphogen.client.view.BlockChoice;
import org.morphogen.client.view.CommonView;
import org.morphogen.client.view.CommonViews;
import org.morphogen.client.view.ShardReplica;
import org.morphogen.dpf.DpfKeyGenerator;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.transport.Endpoint;

/**
 * Does lookups. What is sent, to whom and in what order follows from the table, the number of keys and the behaviour of
 * the parties alone: each lookup is one key a way, and every shard of both parties that holds a piece of the table gets
 * the keys of the ways it holds, whatever is looked up and whether or not it is there.
 *
 * <p>Thread-safe. At most {@value #MAX_BATCHES} messages' worth of lookups are under way at once; more wait.
 */
public final class Lookups {
    private static final int MAX_BATCHES = 32;
    private static final int MAX_BATCHES_OF_ONE_CALL = 4;

    private final CommonViews views;
    private final List<NodeStreams> streams;
    private final DpfKeyGenerator generator;
    private final ReplicaOrder order;
    private final LookupLimits limits;
    private final ExecutorService executor;
    private final Dictionaries dictionaries;
    private final Semaphore batches = new Semaphore(MAX_BATCHES, true);
    private final AtomicReference<CommonView> lastView = new AtomicReference<>();

    /**
     * Lookups over what the views agree on.
     *
     * @param streams of party 0 and of party 1
     * @param executor gives each task a thread at once, which may block
     */
    public Lookups(
            CommonViews views,
            List<NodeStreams> streams,
            DpfKeyGenerator generator,
            ReplicaOrder order,
            LookupLimits limits,
            ExecutorService executor) {
        this.views = views;
        this.streams = List.copyOf(streams);
        this.generator = generator;
        this.order = order;
        this.limits = limits;
        this.executor = executor;
        this.dictionaries = new Dictionaries(streams, order, limits, executor);
    }

    /**
     * The outcomes in the order of the keys; a key may stand more than once. All are of the same epoch: what the parties
     * serve when the lookup begins is what it uses to its end.
     */
    public List<Lookup> lookUp(String table, List<LookupKey> keys, BlockChoice block) throws InterruptedException {
        CommonView view = currentView();
        TablePlan plan = TablePlan.of(view, block, table, limits.maxKeysPerMessage());
        keys.forEach(key -> plan.schema().checkKey(key.secretBytes()));
        Outcomes outcomes = new Outcomes(keys.size(), dictionaries.of(view, table), limits.deadline());
        Deque<SentBatch> sent = new ArrayDeque<>();
        try {
            for (int from = 0; from < keys.size(); from += plan.keysPerMessage()) {
                while (!sent.isEmpty() && !(sent.size() < MAX_BATCHES_OF_ONE_CALL && batches.tryAcquire())) {
                    finish(sent, outcomes);
                }
                if (sent.isEmpty()) {
                    awaitTurn();
                }
                sent.add(send(plan, keys.subList(from, Math.min(from + plan.keysPerMessage(), keys.size()))));
            }
            while (!sent.isEmpty()) {
                finish(sent, outcomes);
            }
        } finally {
            sent.forEach(SentBatch::close);
        }
        return outcomes.all();
    }

    private CommonView currentView() {
        CommonView view = views.current(deadline());
        if (!view.equals(lastView.getAndSet(view))) {
            for (int party = 0; party < streams.size(); party++) {
                streams.get(party).keepOnly(nodes(view, party));
            }
        }
        return view;
    }

    private static Set<Endpoint> nodes(CommonView view, int party) {
        return view.served(party).shards().stream()
                .flatMap(shard -> shard.replicas().stream())
                .map(ShardReplica::endpoint)
                .collect(Collectors.toCollection(HashSet::new));
    }

    /** Waits for the oldest batch. It stays in the queue, and so is closed, if that fails. */
    private static void finish(Deque<SentBatch> sent, Outcomes outcomes) throws InterruptedException {
        outcomes.add(sent.element().await());
        sent.remove().close();
    }

    private void awaitTurn() throws InterruptedException {
        if (!batches.tryAcquire(limits.deadline().toMillis(), TimeUnit.MILLISECONDS)) {
            throw new MorphogenException(
                    FailureReason.BUSY, "This client has " + MAX_BATCHES + " batches of lookups under way already.");
        }
    }

    /** Sends to all shards of both parties, one right after another; a turn has been taken for it. */
    private SentBatch send(TablePlan plan, List<LookupKey> keys) {
        List<ShardCall> calls = new ArrayList<>();
        try {
            KeyBatch batch = KeyBatch.generate(plan, keys, generator);
            Deadline deadline = deadline();
            for (ShardPlan shard : plan.shards()) {
                NodeStreams nodes = streams.get(shard.party());
                calls.add(ShardCall.send(
                        shard, shard.request(batch, limits.deadline()), replicas(shard, nodes), nodes, deadline));
            }
            return new SentBatch(plan, batch, calls, executor, batches::release);
        } catch (RuntimeException broken) {
            calls.forEach(ShardCall::cancel);
            batches.release();
            throw broken;
        }
    }

    /** The replicas to ask, as many as there are attempts; those that failed lately come last. */
    private List<ShardReplica> replicas(ShardPlan shard, NodeStreams nodes) {
        List<ShardReplica> replicas = new ArrayList<>(order.order(shard.ready()));
        List<ShardReplica> doubtful = replicas.stream()
                .filter(replica -> nodes.failedLately(replica.endpoint()))
                .toList();
        replicas.removeAll(doubtful);
        replicas.addAll(doubtful);
        return replicas.subList(0, Math.min(replicas.size(), limits.maxAttempts()));
    }

    private Deadline deadline() {
        return Deadline.after(limits.deadline().toNanos(), TimeUnit.NANOSECONDS);
    }
}
