package org.morphogen.bench.follow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** An Ethereum node's JSON-RPC door on loopback, with a made-up chain behind it. Thread-safe. */
final class MadeEthereum implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ACCOUNTS_PER_TRANSACTION = 10;
    /** One account in so many is new. */
    private static final int OLD_PER_NEW = 20;

    private final HttpServer server;
    private final int accounts;
    private final List<Block> blocks = new CopyOnWriteArrayList<>();
    private final SplittableRandom random = new SplittableRandom(1);
    private int nextNew;

    private record Block(String hash, ObjectNode head, ArrayNode trace) {}

    /** With the block of the snapshot of so many accounts. */
    MadeEthereum(int accounts) throws IOException {
        this.accounts = accounts;
        this.nextNew = accounts;
        blocks.add(new Block(
                MadeAccounts.hash(0), head(0, MadeAccounts.hash(-1), JSON.createArrayNode()), JSON.createArrayNode()));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    /** Where it listens. */
    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Makes a block in which so many accounts change; others can fetch it once {@link #show} was called. */
    Made make(int changed) {
        long number = blocks.size();
        ArrayNode trace = JSON.createArrayNode();
        ArrayNode transactions = JSON.createArrayNode();
        for (int from = 0; from < changed; from += ACCOUNTS_PER_TRANSACTION) {
            String hash = MadeAccounts.hash((number << 32) + from);
            transactions.add(hash);
            trace.add(transaction(hash, Math.min(ACCOUNTS_PER_TRANSACTION, changed - from)));
        }
        return new Made(new Block(
                MadeAccounts.hash(number), head(number, blocks.getLast().hash(), transactions), trace));
    }

    /** A block that nobody can fetch yet. */
    record Made(Block block) {}

    /** Makes a block the newest; gives its number. */
    long show(Made made) {
        blocks.add(made.block());
        return blocks.size() - 1L;
    }

    /** The requests by which a follower gets the newest block. */
    List<String> requests() {
        Block newest = blocks.getLast();
        return List.of(
                call("eth_getBlockByNumber", newest.head().get("number").asText()),
                call("debug_traceBlockByHash", newest.hash()));
    }

    private static String call(String method, String block) {
        return "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"" + method + "\",\"params\":[\"" + block + "\",false]}";
    }

    private ObjectNode transaction(String hash, int changed) {
        ObjectNode transaction = JSON.createObjectNode().put("txHash", hash);
        ObjectNode result = transaction.putObject("result");
        ObjectNode pre = result.putObject("pre");
        ObjectNode post = result.putObject("post");
        for (int i = 0; i < changed; i++) {
            int account = random.nextInt(OLD_PER_NEW) == 0 ? nextNew++ : random.nextInt(accounts);
            String address = MadeAccounts.address(account);
            pre.putObject(address).put("balance", account < accounts ? "0x3e8" : "0x0");
            post.putObject(address).put("balance", "0x" + Long.toHexString(1 + random.nextLong(1L << 60)));
        }
        return transaction;
    }

    private static ObjectNode head(long number, String parent, ArrayNode transactions) {
        ObjectNode head = JSON.createObjectNode()
                .put("number", "0x" + Long.toHexString(number))
                .put("hash", MadeAccounts.hash(number))
                .put("parentHash", parent)
                .put("stateRoot", MadeAccounts.hash(number == 0 ? -1 : ~number));
        head.set("transactions", transactions);
        head.putArray("withdrawals");
        return head;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            JsonNode request = JSON.readTree(exchange.getRequestBody());
            JsonNode reply;
            if (request.isArray()) {
                ArrayNode replies = JSON.createArrayNode();
                request.forEach(call -> replies.add(reply(call)));
                reply = replies;
            } else {
                reply = reply(request);
            }
            byte[] body = JSON.writeValueAsBytes(reply);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        }
    }

    private ObjectNode reply(JsonNode call) {
        ObjectNode reply = JSON.createObjectNode().put("jsonrpc", "2.0");
        reply.set("id", call.get("id"));
        String block = call.at("/params/0").asText();
        switch (call.get("method").asText()) {
            case "eth_getBlockByNumber" -> reply.set("result", block(block));
            case "debug_traceBlockByHash" ->
                reply.set(
                        "result",
                        blocks.stream()
                                .filter(made -> made.hash().equals(block))
                                .findFirst()
                                .<JsonNode>map(Block::trace)
                                .orElse(JSON.nullNode()));
            default -> reply.putObject("error").put("code", -32601).put("message", "the method is not there");
        }
        return reply;
    }

    private JsonNode block(String number) {
        int index = number.equals("latest") ? blocks.size() - 1 : Integer.decode(number);
        return index < blocks.size() ? blocks.get(index).head() : JSON.nullNode();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
