package org.morphogen.deploy.chain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.morphogen.row.AccountValue;

/** Serves a made-up chain over JSON-RPC, as far as coordinators ask. */
final class MadeEthereumNode implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final MadeChain chain;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    MadeEthereumNode(MadeChain chain) throws IOException {
        this.chain = chain;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** Where it answers. */
    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            JsonNode request = JSON.readTree(exchange.getRequestBody().readAllBytes());
            String answer = request.isObject()
                    ? answer(request)
                    : request.valueStream().map(this::answer).collect(Collectors.joining(",", "[", "]"));
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private String answer(JsonNode call) {
        Optional<MadeChain.Block> block = chain.block(call.get("params").get(0).asText());
        String answer = switch (call.get("method").asText()) {
            case "eth_getBlockByNumber" ->
                "\"result\":" + block.map(MadeEthereumNode::head).orElse("null");
            case "debug_traceBlockByHash" ->
                block.map(found -> "\"result\":" + trace(found))
                        .orElse("\"error\":{\"code\":-32001,\"message\":\"Resource not found\"}");
            default -> "\"error\":{\"code\":-32601,\"message\":\"Method not found\"}";
        };
        return "{\"jsonrpc\":\"2.0\"," + answer + ",\"id\":" + call.get("id") + "}";
    }

    private static String head(MadeChain.Block block) {
        return "{\"number\":\"0x%x\",\"hash\":\"%s\",\"parentHash\":\"%s\",\"stateRoot\":\"%s\",\"transactions\":[\"%s\"]}"
                .formatted(
                        block.info().number(),
                        block.info().hash(),
                        block.parentHash(),
                        block.info().stateRoot(),
                        block.info().hash());
    }

    /** One transaction, named as its block is, that does it all. */
    private static String trace(MadeChain.Block block) {
        StringBuilder post = new StringBuilder();
        block.changes()
                .forEach((address, value) -> value.ifPresentOrElse(
                        after -> entry(post, address, after(after)),
                        () -> entry(post, address, "{\"balance\":\"0x0\"}")));
        return "[{\"txHash\":\"" + block.info().hash() + "\",\"result\":{\"pre\":{},\"post\":{" + post + "}}}]";
    }

    private static void entry(StringBuilder side, String address, String value) {
        side.append(side.isEmpty() ? "\"" : ",\"").append(address).append("\":").append(value);
    }

    private static String after(AccountValue value) {
        return "{\"balance\":\"0x" + value.balance().toString(16) + "\",\"nonce\":" + value.nonce() + "}";
    }
}
