package org.morphogen.coordinator.feed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.morphogen.snapshot.BlockInfo;

/** A node that serves a made-up chain over JSON-RPC, and can be told to misbehave. */
public final class FakeEthereumNode implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
    private final Set<String> unknownMethods = ConcurrentHashMap.newKeySet();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();
    private volatile List<Chains.Block> chain = List.of();
    private volatile LongPredicate untraceable = number -> false;
    private final Map<String, String> storage = new ConcurrentHashMap<>();
    private final Map<String, Account> accounts = new ConcurrentHashMap<>();
    private final AtomicInteger requests = new AtomicInteger();
    private volatile long oldestState;
    private volatile int tracesInABatch = Integer.MAX_VALUE;
    private volatile Consumer<String> beforeAnswer = body -> {};

    /** Answers a request in place of the node. */
    interface Fault {
        void answer(HttpExchange exchange) throws IOException, InterruptedException;
    }

    private record Account(String balance, String nonce, String code) {
        static final Account NONE = new Account("\"0x0\"", "\"0x0\"", "\"0x\"");
    }

    public FakeEthereumNode() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    URI url(String user, String path) {
        return URI.create("http://" + user + "@127.0.0.1:" + server.getAddress().getPort() + path);
    }

    public void serve(List<Chains.Block> blocks) {
        chain = List.copyOf(blocks);
    }

    /** The next requests are answered by these. */
    void fail(Fault... next) {
        faults.addAll(List.of(next));
    }

    void doesNotKnow(String... methods) {
        unknownMethods.addAll(List.of(methods));
    }

    /** Refuses all traces of a batch after the first so many, as a node does whose replies are limited. */
    void limitTraces(int most) {
        tracesInABatch = most;
    }

    /** Refuses the traces of these blocks, as a node does that has no state so old. */
    public void refuseTraces(LongPredicate ofBlocks) {
        untraceable = ofBlocks;
    }

    /**
     * A slot's word after a block; slots of which nothing is said hold zero.
     *
     * @param slot a number in hex, without leading zeros
     * @param word JSON, as the node answers
     */
    void holds(BlockInfo block, String address, String slot, String word) {
        storage.put(block.hash() + address + slot, word);
    }

    /** An account after a block, as JSON that the node answers; accounts of which nothing is said are not there. */
    void hasAccount(BlockInfo block, String address, String balance, String nonce, String code) {
        accounts.put(block.hash() + address, new Account(balance, nonce, code));
    }

    /** Refuses storage and accounts at earlier blocks, as a node does that keeps the newest states alone. */
    void keepsStateFrom(long number) {
        oldestState = number;
    }

    /** Once, before a request with that method is answered. */
    void justBefore(String method, Runnable action) {
        beforeAnswer = body -> {
            if (body.contains(method)) {
                beforeAnswer = later -> {};
                action.run();
            }
        };
    }

    /** Methods called so far. */
    List<String> calls() {
        return List.copyOf(calls);
    }

    /** How many requests came, each of one call or several. */
    int requests() {
        return requests.get();
    }

    long callsOf(String method) {
        return calls.stream().filter(method::equals).count();
    }

    List<String> authorizations() {
        return List.copyOf(authorizations);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    static Fault reply(int status, String body) {
        return exchange -> send(exchange, status, body);
    }

    private void handle(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
                .ifPresent(authorizations::add);
        requests.incrementAndGet();
        Fault fault = faults.poll();
        try (exchange) {
            if (fault != null) {
                fault.answer(exchange);
            } else {
                send(exchange, 200, answer(body));
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    /** What an honest node answers. */
    String answer(String body) throws IOException {
        beforeAnswer.accept(body);
        JsonNode request = JSON.readTree(body);
        if (request.isObject()) {
            return answer(request, 1);
        }
        List<String> answers = new ArrayList<>();
        for (JsonNode call : request) {
            answers.add(answer(call, answers.size() + 1));
        }
        // A batch may be answered in any order.
        return "[" + String.join(",", answers.reversed()) + "]";
    }

    private String answer(JsonNode call, int place) {
        String method = call.get("method").asText();
        JsonNode params = call.get("params");
        String param = params.get(0).asText();
        calls.add(method);
        String answer = unknownMethods.contains(method)
                ? "\"error\":{\"code\":-32601,\"message\":\"Method not found\"}"
                : switch (method) {
                    case "eth_getBlockByNumber" ->
                        "\"result\":" + at(param).map(Chains.Block::json).orElse("null");
                    case "debug_traceBlockByHash", "debug_traceBlockByNumber" ->
                        place > tracesInABatch
                                ? "\"error\":{\"code\":-32003,\"message\":\"response too large\"}"
                                : at(param)
                                        .map(this::traced)
                                        .orElse("\"error\":{\"code\":-32001,\"message\":\"Resource not found\"}");
                    case "eth_getStorageAt" ->
                        at(params.get(2).get("blockHash").asText())
                                .map(block ->
                                        word(block.info(), param, params.get(1).asText()))
                                .orElse("\"error\":{\"code\":-32001,\"message\":\"Resource not found\"}");
                    case "eth_getBalance", "eth_getTransactionCount", "eth_getCode" ->
                        at(params.get(1).get("blockHash").asText())
                                .map(block -> account(block.info(), param, method))
                                .orElse("\"error\":{\"code\":-32001,\"message\":\"Resource not found\"}");
                    default -> throw new AssertionError(method);
                };
        return "{\"jsonrpc\":\"2.0\"," + answer + ",\"id\":" + call.get("id") + "}";
    }

    private String traced(Chains.Block block) {
        return untraceable.test(block.info().number())
                ? "\"error\":{\"code\":-32000,\"message\":\"missing trie node: historical state is not available\"}"
                : "\"result\":" + block.trace();
    }

    private String word(BlockInfo block, String address, String slot) {
        return state(block, storage.getOrDefault(block.hash() + address + slot, "\"" + Chains.word(0) + "\""));
    }

    private String account(BlockInfo block, String address, String method) {
        Account account = accounts.getOrDefault(block.hash() + address, Account.NONE);
        return state(
                block,
                switch (method) {
                    case "eth_getBalance" -> account.balance();
                    case "eth_getTransactionCount" -> account.nonce();
                    default -> account.code();
                });
    }

    private String state(BlockInfo block, String result) {
        return block.number() < oldestState
                ? "\"error\":{\"code\":-32000,\"message\":\"missing trie node\"}"
                : "\"result\":" + result;
    }

    private Optional<Chains.Block> at(String param) {
        Stream<Chains.Block> blocks = chain.stream();
        return param.length() == 66
                ? blocks.filter(b -> b.info().hash().equals(param)).findFirst()
                : blocks.filter(b -> b.info().number() == Long.decode(param)).findFirst();
    }
}
