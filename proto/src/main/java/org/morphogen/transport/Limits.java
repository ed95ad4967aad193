package org.morphogen.transport;

import java.time.Duration;

/** What bounds the traffic between any two processes. docs/protocol.md states the same figures. */
public final class Limits {
    /** Longest message that a channel takes in, bytes. */
    public static final int MAX_MESSAGE_BYTES = 4 << 20;

    /** Longest message that a server takes in, bytes: small parts of it may become large objects. */
    public static final int MAX_REQUEST_BYTES = 1 << 20;

    /** Keys of one way in one query message. */
    public static final int MAX_KEYS_PER_WAY = 256;

    /** Row bytes in one answer message, over all ways; leaves room for the message's own fields. */
    public static final int MAX_ANSWER_ROW_BYTES = MAX_MESSAGE_BYTES - (64 << 10);

    /** Chunk ranges of one way in one query message. */
    public static final int MAX_RANGES_PER_WAY = 1024;

    /** Data bytes in one piece of a snapshot file. */
    public static final int MAX_PIECE_BYTES = 1 << 20;

    /** Calls at once on one connection. */
    public static final int MAX_CALLS_PER_CONNECTION = 256;

    /** Bytes of metadata in one call. */
    public static final int MAX_METADATA_BYTES = 8 << 10;

    /** Deadline of a call with one answer, unless its caller sets a shorter one. */
    public static final Duration UNARY_DEADLINE = Duration.ofSeconds(10);

    /** Silence on a connection after which it is probed. */
    public static final Duration KEEPALIVE_AFTER = Duration.ofSeconds(30);

    /** Time for the answer to a probe before the connection counts as lost. */
    public static final Duration KEEPALIVE_TIMEOUT = Duration.ofSeconds(10);

    private Limits() {}
}
