package org.morphogen.coordinator.feed;

import java.util.List;

/**
 * A JSON-RPC request.
 *
 * @param params a JSON array
 */
record RpcCall(String method, String params) {
    private static final String TRACER = "{\"tracer\":\"prestateTracer\",\"tracerConfig\":{\"diffMode\":true}}";

    static RpcCall head(long number) {
        return new RpcCall("eth_getBlockByNumber", "[\"" + Hex.ofNumber(number) + "\",false]");
    }

    static RpcCall traceByHash(BlockHead head) {
        return new RpcCall("debug_traceBlockByHash", "[\"" + head.block().hash() + "\"," + TRACER + "]");
    }

    static RpcCall traceByNumber(BlockHead head) {
        return new RpcCall(
                "debug_traceBlockByNumber", "[\"" + Hex.ofNumber(head.block().number()) + "\"," + TRACER + "]");
    }

    /** The word in a slot after that block, which is named by its hash as EIP-1898 has it. */
    static RpcCall storage(BlockHead head, SlotKey slot) {
        return new RpcCall(
                "eth_getStorageAt",
                "[\"" + slot.address() + "\",\"" + Hex.ofWord(slot.slot()) + "\"," + atHash(head) + "]");
    }

    /** Balance, nonce and code of an account after that block, in this order. */
    static List<RpcCall> account(BlockHead head, Address address) {
        String params = "[\"" + address + "\"," + atHash(head) + "]";
        return List.of(
                new RpcCall("eth_getBalance", params),
                new RpcCall("eth_getTransactionCount", params),
                new RpcCall("eth_getCode", params));
    }

    private static String atHash(BlockHead head) {
        return "{\"blockHash\":\"" + head.block().hash() + "\"}";
    }

    /** The calls as a body, each call's place in the list as its id; a single one stands for itself. */
    static String body(List<RpcCall> calls) {
        StringBuilder body = new StringBuilder();
        for (int id = 0; id < calls.size(); id++) {
            body.append(id == 0 ? "" : ",").append(calls.get(id).json(id));
        }
        return calls.size() == 1 ? body.toString() : "[" + body + "]";
    }

    private String json(int id) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":" + params + "}";
    }
}
