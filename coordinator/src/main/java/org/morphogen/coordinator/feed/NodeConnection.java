package org.morphogen.coordinator.feed;

import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.morphogen.coordinator.ethereum.Excerpt;
import org.morphogen.coordinator.feed.ReplyReader.ResultReader;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/**
 * Speaks JSON-RPC with a node. Replies are read as they come in, up to the limit, and whatever goes wrong with them is
 * an UNAVAILABLE that says what to check.
 */
final class NodeConnection implements AutoCloseable {
    private static final int OK = 200;

    private final NodeUrl url;
    private final FeedLimits limits;
    private final HttpClient client;

    NodeConnection(NodeUrl url, FeedLimits limits) {
        this.url = url;
        this.limits = limits;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(limits.requestTime())
                .build();
    }

    /** Makes calls of one kind in one exchange; the answers come in their order. */
    <T> List<RpcAnswer<T>> ask(List<RpcCall> calls, ResultReader<T> results) throws InterruptedException {
        // A thread of its own: to end it is the only way to bound the time of a reply that trickles.
        FutureTask<List<RpcAnswer<T>>> exchange = new FutureTask<>(() -> exchange(calls, results));
        Thread.ofVirtual().name("feed-exchange").start(exchange);
        try {
            return exchange.get(limits.requestTime().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            throw unavailable("did not answer within " + limits.requestTime().toMillis() + " ms", late);
        } catch (ExecutionException failed) {
            throw failure(failed.getCause());
        } finally {
            exchange.cancel(true);
        }
    }

    /** A failure of the node: what it did, and what to check. */
    MorphogenException unavailable(String did, @Nullable Throwable cause) {
        return unavailable(
                did,
                "Check that it runs and can be reached, and that it takes batches of "
                        + "JSON-RPC and serves debug_traceBlockByHash or debug_traceBlockByNumber.",
                cause);
    }

    /** A failure of the node: what it did, and what to do about it, a sentence. */
    MorphogenException unavailable(String did, String advice, @Nullable Throwable cause) {
        return new MorphogenException(
                FailureReason.UNAVAILABLE, "node " + url + " " + did + ". " + advice, Map.of(), cause);
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    private <T> List<RpcAnswer<T>> exchange(List<RpcCall> calls, ResultReader<T> results)
            throws IOException, InterruptedException {
        HttpResponse<InputStream> response = client.send(request(RpcCall.body(calls)), BodyHandlers.ofInputStream());
        try (InputStream body = new BoundedInput(response.body(), limits.replyBytes())) {
            if (response.statusCode() != OK) {
                throw unavailable("answered with HTTP status " + response.statusCode(), null);
            }
            return ReplyReader.read(body, calls.size(), results);
        }
    }

    private HttpRequest request(String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(url.target()).header("Content-Type", "application/json");
        url.authorization().ifPresent(value -> request.header("Authorization", value));
        return request.POST(BodyPublishers.ofString(body)).build();
    }

    private MorphogenException failure(@Nullable Throwable failed) {
        return switch (failed) {
            case MorphogenException told -> told;
            case BadJson bad -> unavailable("sent what cannot be used: " + bad.getMessage(), bad);
            case JacksonException broken ->
                unavailable("sent broken JSON: " + Excerpt.of(broken.getOriginalMessage()), broken);
            case IOException io -> unavailable("could not be asked: " + reason(io), io);
            case null, default -> unavailable("sent what could not be handled", failed);
        };
    }

    private static String reason(IOException io) {
        String name = io.getClass().getSimpleName();
        return io.getMessage() == null ? name : name + ", " + Excerpt.of(io.getMessage());
    }
}
