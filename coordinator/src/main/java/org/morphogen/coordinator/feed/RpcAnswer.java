package org.morphogen.coordinator.feed;

/** What a node said to one call. */
sealed interface RpcAnswer<T> {
    /** The result. */
    record Result<T>(T value) implements RpcAnswer<T> {}

    /** A JSON-RPC error. */
    record Refusal<T>(long code, String message) implements RpcAnswer<T> {
        private static final long METHOD_NOT_FOUND = -32601;
        private static final long METHOD_NOT_SUPPORTED = -32004;

        String explained() {
            return "error " + code + ", '" + message + "'";
        }

        boolean isMethodUnknown() {
            return code == METHOD_NOT_FOUND || code == METHOD_NOT_SUPPORTED;
        }
    }
}
