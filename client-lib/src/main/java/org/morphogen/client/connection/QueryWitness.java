package org.morphogen.client.connection;

import org.morphogen.protocol.v1.QueryRequest;
import org.morphogen.transport.Endpoint;

/**
 * Sees what a client is about to send, for demonstrations and tests. Whoever sees the requests to both parties can tell
 * what is looked up: a witness must not pass on more than sizes, or the bytes for one party alone.
 */
@FunctionalInterface
public interface QueryWitness {
    /** Looks away. */
    QueryWitness NOBODY = (party, node, request) -> {};

    /** The client sends this to a node of that party; called before it is sent, by any thread. */
    void sees(int party, Endpoint node, QueryRequest request);
}
