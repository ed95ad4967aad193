package org.morphogen.node.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.transport.Endpoint;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class MetricsEndpointTest {
    private static final Endpoint ANY_PORT = new Endpoint("127.0.0.1", 0);

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    @Test
    void servesTheRegistry() throws Exception {
        registry.counter("morphogen.test.things").increment(3);
        try (MetricsEndpoint door = MetricsEndpoint.open(ANY_PORT, registry)) {
            HttpResponse<String> answer = ask(door, "GET", "/metrics");

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
            assertThat(answer.body()).contains("morphogen_test_things_total 3.0");
        }
    }

    @Test
    void refusesOtherPathsAndMethods() throws Exception {
        try (MetricsEndpoint door = MetricsEndpoint.open(ANY_PORT, registry)) {
            assertThat(ask(door, "GET", "/").statusCode()).isEqualTo(404);
            assertThat(ask(door, "GET", "/metrics/more").statusCode()).isEqualTo(404);
            assertThat(ask(door, "DELETE", "/metrics").statusCode()).isEqualTo(405);
        }
    }

    @Test
    void saysThatAPortIsTaken() {
        try (MetricsEndpoint door = MetricsEndpoint.open(ANY_PORT, registry)) {
            Endpoint taken = new Endpoint("127.0.0.1", door.port());
            assertThatThrownBy(() -> MetricsEndpoint.open(taken, registry))
                    .hasMessageContaining("metricsListen")
                    .hasMessageContaining(taken.toString());
        }
    }

    private static HttpResponse<String> ask(MetricsEndpoint door, String method, String path)
            throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door.port() + path))
                    .method(method, HttpRequest.BodyPublishers.noBody())
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }
}
