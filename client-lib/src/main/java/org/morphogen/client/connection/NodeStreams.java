package org.morphogen.client.connection;

import io.grpc.Deadline;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.AnswerRows;
import org.morphogen.protocol.v1.DictionaryRequest;
import org.morphogen.protocol.v1.DictionaryResponse;
import org.morphogen.protocol.v1.QueryRequest;
import org.morphogen.transport.Endpoint;
import org.morphogen.transport.TlsSettings;
import org.morphogen.transport.Transport;

/**
 * The streams to the nodes of one party, one a node, opened when first asked and again after one was lost. Thread-safe.
 * Bounded by the nodes of the cluster view: see {@link #keepOnly}.
 */
public final class NodeStreams implements AutoCloseable {
    private static final long FAILED_LATELY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final int party;
    private final TlsSettings tls;
    private final Executor executor;
    private final QueryWitness witness;
    private final Map<Endpoint, NodeStream> streams = new ConcurrentHashMap<>();
    private final Map<Endpoint, Long> failedAtNanos = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /**
     * No stream yet.
     *
     * @param executor runs gRPC's callbacks
     * @param witness sees every query before it is sent
     */
    public NodeStreams(int party, TlsSettings tls, Executor executor, QueryWitness witness) {
        this.party = party;
        this.tls = tls;
        this.executor = executor;
        this.witness = witness;
    }

    /**
     * Sends a query to a node; never blocks. See {@link NodeStream#ask} for the future.
     *
     * @param query without an id
     */
    public CompletableFuture<AnswerRows> ask(Endpoint node, QueryRequest query) {
        try {
            NodeStream stream = stream(node);
            witness.sees(party, node, query);
            return stream.ask(query);
        } catch (MorphogenException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    /** Asks a node for a part of a dictionary, which is public; never blocks. The future ends by the deadline. */
    public CompletableFuture<DictionaryResponse> readDictionary(
            Endpoint node, DictionaryRequest request, Deadline deadline) {
        try {
            return stream(node).readDictionary(request, deadline);
        } catch (MorphogenException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    private NodeStream stream(Endpoint node) {
        NodeStream stream = streams.compute(node, (at, known) -> known != null && known.isOpen() ? known : open(at));
        if (closed) {
            stream.end(clientClosed());
        }
        return stream;
    }

    /** Remembers for a while that the node did not answer, so that others are asked before it. */
    public void noteFailure(Endpoint node) {
        failedAtNanos.put(node, System.nanoTime());
    }

    /** Whether the node did not answer a moment ago. */
    public boolean failedLately(Endpoint node) {
        Long failedAt = failedAtNanos.get(node);
        return failedAt != null && System.nanoTime() - failedAt < FAILED_LATELY_NANOS;
    }

    /** Forgets all nodes but these; a stream to another one ends when its last query has. */
    public void keepOnly(Set<Endpoint> nodes) {
        failedAtNanos.keySet().retainAll(nodes);
        streams.forEach((node, stream) -> {
            if (!nodes.contains(node) && streams.remove(node, stream)) {
                stream.retire();
            }
        });
    }

    /** Ends all streams; what is in flight fails with UNAVAILABLE. */
    @Override
    public void close() {
        closed = true;
        streams.values().forEach(stream -> stream.end(clientClosed()));
        try {
            for (NodeStream stream : streams.values()) {
                stream.awaitEnd();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        streams.clear();
    }

    private NodeStream open(Endpoint node) {
        if (closed) {
            throw clientClosed();
        }
        return NodeStream.open("Party " + party + ", node " + node, Transport.channel(node, tls, executor));
    }

    private static MorphogenException clientClosed() {
        return new MorphogenException(FailureReason.UNAVAILABLE, "The client is closed.");
    }
}
