package org.morphogen.node.query;

/**
 * How many queries are taken in at once; those that wait for a scanning thread count too.
 *
 * @param maxQueriesInFlight of all streams; beyond it BUSY is answered
 * @param maxKeysInFlight of all queries of all streams; beyond it BUSY is answered
 * @param maxQueriesPerStream of one stream; beyond it the stream is not read
 * @param maxUnreadBytes of answers that clients do not take, over all streams: beyond it the stream with most is ended;
 *     as much again, parts of dictionaries included, may lie with gRPC, beyond which BUSY is answered
 */
public record QueryLimits(int maxQueriesInFlight, int maxKeysInFlight, int maxQueriesPerStream, long maxUnreadBytes) {
    private static final int HEAP_PER_UNREAD = 4;

    /** Up to a quarter of the heap for answers that clients do not take. */
    public QueryLimits(int maxQueriesInFlight, int maxKeysInFlight, int maxQueriesPerStream) {
        this(
                maxQueriesInFlight,
                maxKeysInFlight,
                maxQueriesPerStream,
                Runtime.getRuntime().maxMemory() / HEAP_PER_UNREAD);
    }

    public QueryLimits {
        if (maxQueriesInFlight < 1 || maxKeysInFlight < 1 || maxQueriesPerStream < 1) {
            throw new IllegalArgumentException(
                    "maxQueriesInFlight, maxKeysInFlight and maxQueriesPerStream: at least 1");
        }
    }
}
