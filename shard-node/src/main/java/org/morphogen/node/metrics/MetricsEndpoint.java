package org.morphogen.node.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.transport.Endpoint;

/**
 * Serves a registry's metrics over plain HTTP at {@code /metrics}, in Prometheus' text format. They are public: counts
 * and sizes. At most {@value #MAX_CONNECTIONS} connections wait to be taken; requests are answered one after another.
 * Thread-safe.
 */
public final class MetricsEndpoint implements AutoCloseable {
    private static final int MAX_CONNECTIONS = 16;
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final int OK = 200;
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int NOT_FOUND = 404;

    private final HttpServer server;
    private final ExecutorService executor;

    private MetricsEndpoint(HttpServer server, ExecutorService executor) {
        this.server = server;
        this.executor = executor;
    }

    /** Begins to serve; fails with SETTINGS_INVALID when {@code listen} cannot be had. */
    public static MetricsEndpoint open(Endpoint listen, PrometheusMeterRegistry registry) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(listen.host(), listen.port()), MAX_CONNECTIONS);
            ExecutorService executor = Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().name("metrics").daemon().factory());
            server.setExecutor(executor);
            server.createContext("/", exchange -> answer(exchange, registry));
            server.start();
            return new MetricsEndpoint(server, executor);
        } catch (IOException | RuntimeException taken) {
            throw new MorphogenException(
                    FailureReason.SETTINGS_INVALID,
                    "metricsListen: cannot listen on " + listen + ": " + taken.getMessage() + ".",
                    Map.of(),
                    taken);
        }
    }

    /** The port that it got. */
    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }

    private static void answer(HttpExchange exchange, PrometheusMeterRegistry registry) throws IOException {
        try (exchange) {
            if (!exchange.getRequestURI().getPath().equals("/metrics")) {
                send(exchange, NOT_FOUND, "Metrics are at /metrics.\n");
            } else if (!exchange.getRequestMethod().equals("GET")) {
                send(exchange, METHOD_NOT_ALLOWED, "Only GET.\n");
            } else {
                send(exchange, OK, registry.scrape());
            }
        }
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", TEXT);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }
}
