package org.morphogen.client;

import io.grpc.Deadline;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.morphogen.client.connection.NodeStreams;
import org.morphogen.client.connection.QueryWitness;
import org.morphogen.client.lookup.Lookup;
import org.morphogen.client.lookup.LookupKey;
import org.morphogen.client.lookup.Lookups;
import org.morphogen.client.lookup.ReplicaOrder;
import org.morphogen.client.view.CommonView;
import org.morphogen.client.view.CommonViews;
import org.morphogen.client.view.Coordinators;
import org.morphogen.dpf.DpfKeyGenerator;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/**
 * A light client: looks keys up at two parties, neither of which learns which.
 *
 * <pre>{@code
 * try (MorphogenClient client = MorphogenClient.connect(settings)) {
 *     switch (client.lookup("accounts", Address.parse("0x..."))) {
 *         case Found found -> show(found.value());
 *         case Absent absent -> showUnused();
 *     }
 * }
 * }</pre>
 *
 * <p>Thread-safe. Lookups run side by side; each uses the newest state that both parties serve when it begins. Failures
 * are {@link MorphogenException}s; none tells what was looked up. When a lookup fails because a party moved on, a new
 * one works with the new state: nothing is asked again with new keys by itself, since two key pairs for one target that
 * a party can link tell more than one.
 */
public final class MorphogenClient implements AutoCloseable {
    private final CommonViews views;
    private final List<NodeStreams> streams;
    private final Lookups lookups;
    private final ClientSettings settings;

    private MorphogenClient(
            ClientSettings settings,
            CommonViews views,
            ExecutorService executor,
            ReplicaOrder order,
            QueryWitness witness) {
        this.settings = settings;
        this.views = views;
        this.streams = List.of(
                new NodeStreams(0, settings.party0().tls(), executor, witness),
                new NodeStreams(1, settings.party1().tls(), executor, witness));
        DpfKeyGenerator generator = new DpfKeyGenerator(new SecureRandom());
        this.lookups = new Lookups(views, streams, generator, order, settings.lookupLimits(), executor);
    }

    /**
     * Reads both parties' views and public files. Blocks until that is done, or {@code connectTimeout} has passed.
     *
     * @throws MorphogenException PARTIES_DISAGREE when they do not serve the same; NOT_SERVING when one serves nothing
     *     yet; PARTY_MISBEHAVES when one contradicts itself; UNAVAILABLE or DEADLINE_PASSED when one cannot be reached
     */
    public static MorphogenClient connect(ClientSettings settings) {
        return connect(settings, ReplicaOrder.RANDOM, QueryWitness.NOBODY);
    }

    /** As {@link #connect(ClientSettings)}, with a witness of what is sent; see there what it must not do. */
    public static MorphogenClient connect(ClientSettings settings, QueryWitness witness) {
        return connect(settings, ReplicaOrder.RANDOM, witness);
    }

    /** As {@link #connect(ClientSettings)}, with replicas asked in a chosen order. */
    static MorphogenClient connect(ClientSettings settings, ReplicaOrder order) {
        return connect(settings, order, QueryWitness.NOBODY);
    }

    private static MorphogenClient connect(ClientSettings settings, ReplicaOrder order, QueryWitness witness) {
        // Never shut down: it owns nothing but the threads of running tasks, and gRPC's last callbacks, which it must
        // take, come after the channels' end.
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
        CommonViews views = CommonViews.connect(
                coordinators(0, settings.party0(), executor),
                coordinators(1, settings.party1(), executor),
                Deadline.after(settings.connectTimeout().toNanos(), TimeUnit.NANOSECONDS));
        return new MorphogenClient(settings, views, executor, order, witness);
    }

    /** What both parties serve now: tables, shards, and the state that answers are of. */
    public CommonView view() {
        return views.current(Deadline.after(settings.lookupDeadline().toNanos(), TimeUnit.NANOSECONDS));
    }

    /**
     * Looks one key up and waits for the outcome.
     *
     * @throws MorphogenException the reason why there is no answer; never because the key is absent
     */
    public Lookup lookup(String table, LookupKey key) {
        return lookupAll(table, List.of(key)).getFirst();
    }

    /**
     * Looks many keys up and waits for the outcomes, in the order of the keys. The keys share messages, so this costs
     * the parties much less than as many single lookups. A key may stand more than once.
     *
     * @throws MorphogenException the reason why there are no answers
     */
    public List<Lookup> lookupAll(String table, List<? extends LookupKey> keys) {
        try {
            return lookups.lookUp(table, List.copyOf(keys));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new MorphogenException(
                    FailureReason.UNAVAILABLE, "The lookup was interrupted.", Map.of(), interrupted);
        }
    }

    /** As {@link #lookup}, without waiting; see {@link #lookupAllAsync}. */
    public CompletableFuture<Lookup> lookupAsync(String table, LookupKey key) {
        CompletableFuture<List<Lookup>> all = lookupAllAsync(table, List.of(key));
        CompletableFuture<Lookup> one = all.thenApply(List::getFirst);
        var _ = one.whenComplete((lookup, failure) -> all.cancel(false));
        return one;
    }

    /**
     * As {@link #lookupAll}, without waiting. The future fails with the {@link MorphogenException}; cancelling it
     * gives the lookup up. What was sent by then stays sent.
     */
    public CompletableFuture<List<Lookup>> lookupAllAsync(String table, List<? extends LookupKey> keys) {
        List<LookupKey> copy = List.copyOf(keys);
        CompletableFuture<List<Lookup>> outcome = new CompletableFuture<>();
        Thread lookup = Thread.ofVirtual().name("morphogen-lookup").unstarted(() -> {
            try {
                outcome.complete(lookupAll(table, copy));
            } catch (RuntimeException | Error failure) {
                outcome.completeExceptionally(failure);
            }
        });
        var _ = outcome.whenComplete((lookups, failure) -> giveUp(lookup));
        lookup.start();
        return outcome;
    }

    /** Ends all connections. Lookups under way fail with UNAVAILABLE, and so do later ones. */
    @Override
    public void close() {
        views.close();
        streams.forEach(NodeStreams::close);
    }

    /** Interrupts a lookup whose future was completed by somebody else. */
    private static void giveUp(Thread lookup) {
        if (!Thread.currentThread().equals(lookup)) {
            lookup.interrupt();
        }
    }

    private static Coordinators coordinators(int party, PartySettings settings, ExecutorService executor) {
        return new Coordinators(party, settings.coordinators(), settings.tls(), executor);
    }
}
