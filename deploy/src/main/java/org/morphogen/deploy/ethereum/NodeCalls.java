package org.morphogen.deploy.ethereum;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/** JSON-RPC calls to an Ethereum node on this machine. Thread-safe. */
final class NodeCalls implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final URI url;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(DEADLINE)
            .build();

    NodeCalls(URI url) {
        this.url = url;
    }

    /** The result of a call; fails with UNAVAILABLE. */
    JsonNode call(String method, Object... params) {
        ObjectNode request = JSON.createObjectNode();
        request.put("jsonrpc", "2.0").put("id", 1).put("method", method).set("params", JSON.valueToTree(params));
        try {
            HttpRequest post = HttpRequest.newBuilder(url)
                    .timeout(DEADLINE)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(request.toString()))
                    .build();
            JsonNode reply =
                    JSON.readTree(client.send(post, BodyHandlers.ofString()).body());
            if (!reply.has("result")) {
                throw failed(method, reply.path("error").path("message").asText("no result"), null);
            }
            return reply.get("result");
        } catch (IOException broken) {
            throw failed(method, String.valueOf(broken.getMessage()), broken);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw failed(method, "interrupted", stopped);
        }
    }

    private MorphogenException failed(String method, String why, @Nullable Throwable cause) {
        return new MorphogenException(
                FailureReason.UNAVAILABLE,
                "The Ethereum node at " + url + " failed at " + method + ": " + why + ".",
                Map.of(),
                cause);
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
