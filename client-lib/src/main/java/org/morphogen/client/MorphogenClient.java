package org.morphogen.client;

import io.grpc.Deadline;
import java.security.SecureRandom;
import java.util.List;
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
import org.morphogen.client.view.BlockChoice;
import org.morphogen.client.view.CommonView;
import org.morphogen.client.view.CommonViews;
import org.morphogen.client.view.Coordinators;
import org.morphogen.dpf.DpfKeyGenerator;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.Bytes32;

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
 * <p>Thread-safe. Lookups run side by side; each uses the newest state that both parties serve when it begins, to its
 * end, or that of a block of your choice: {@code client.atBlock(20_000_000).lookup(...)}. Outcomes tell of which block
 * they are. A party that is stuck or lies can hold lookups at an old block: {@code client.view().heads()} tells how far
 * each party is, for a warning.
 *
 * <p>Failures are {@link MorphogenException}s; none tells what was looked up. When a lookup fails because a party moved
 * on, a new one works with the new state: nothing is asked again with new keys by itself, since two key pairs for one
 * target that a party can link tell more than one.
 */
public final class MorphogenClient implements AutoCloseable {
    private final CommonViews views;
    private final List<NodeStreams> streams;
    private final Lookups lookups;
    private final BlockLookups latest;
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
        this.latest = new BlockLookups(lookups, BlockChoice.LATEST);
    }

    /**
     * Reads both parties' views and public files. Blocks until that is done, or {@code connectTimeout} has passed.
     *
     * @throws MorphogenException PARTIES_DISAGREE when they do not serve the same; PARTY_LAGS when one is so far behind
     *     that they have no block in common; NOT_SERVING when one serves nothing yet; PARTY_MISBEHAVES when one contradicts itself; UNAVAILABLE or DEADLINE_PASSED when one cannot be reached
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

    /** What both parties serve now: tables, shards, the state that answers are of, and how far each party is. */
    public CommonView view() {
        return views.current(Deadline.after(settings.lookupDeadline().toNanos(), TimeUnit.NANOSECONDS));
    }

    /** Lookups of the state after the block of that number; after a reorganisation that is another block's. */
    public BlockLookups atBlock(long number) {
        return atBlock(new BlockChoice.OfNumber(number));
    }

    /** Lookups of the state after the block of that hash. */
    public BlockLookups atBlock(Bytes32 hash) {
        return atBlock(new BlockChoice.OfHash(hash));
    }

    /** Lookups of the state after that block. */
    public BlockLookups atBlock(BlockChoice block) {
        return new BlockLookups(lookups, block);
    }

    /**
     * Looks one key up in the newest state that both parties serve, and waits for the outcome.
     *
     * @throws MorphogenException the reason why there is no answer; never because the key is absent
     */
    public Lookup lookup(String table, LookupKey key) {
        return latest.lookup(table, key);
    }

    /** As {@link BlockLookups#lookupAll}, in the newest state that both parties serve. */
    public List<Lookup> lookupAll(String table, List<? extends LookupKey> keys) {
        return latest.lookupAll(table, keys);
    }

    /** As {@link BlockLookups#lookupAsync}, in the newest state that both parties serve. */
    public CompletableFuture<Lookup> lookupAsync(String table, LookupKey key) {
        return latest.lookupAsync(table, key);
    }

    /** As {@link BlockLookups#lookupAllAsync}, in the newest state that both parties serve. */
    public CompletableFuture<List<Lookup>> lookupAllAsync(String table, List<? extends LookupKey> keys) {
        return latest.lookupAllAsync(table, keys);
    }

    /** Ends all connections. Lookups under way fail with UNAVAILABLE, and so do later ones. */
    @Override
    public void close() {
        views.close();
        streams.forEach(NodeStreams::close);
    }

    private static Coordinators coordinators(int party, PartySettings settings, ExecutorService executor) {
        return new Coordinators(party, settings.coordinators(), settings.tls(), executor);
    }
}
