package org.morphogen.coordinator.feed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigInteger;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.morphogen.snapshot.BlockInfo;

/** A running anvil, an Ethereum node for tests; blocks are made when told. */
final class Anvil implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final int port;
    private final HttpClient client = HttpClient.newHttpClient();

    private Anvil(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static Anvil start(Path binary, String... options) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        List<String> command = new ArrayList<>(List.of(
                binary.toString(), "--port", Integer.toString(port), "--no-mining", "--silent", "--order", "fifo"));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        Anvil anvil = new Anvil(process, port);
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(() -> anvil.call("eth_chainId", "[]").isTextual());
        return anvil;
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    JsonNode call(String method, String params) {
        String body = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + method + "\",\"params\":"
                + params.replace('\'', '"') + "}";
        HttpRequest request = HttpRequest.newBuilder(url())
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        try {
            JsonNode reply =
                    JSON.readTree(client.send(request, BodyHandlers.ofString()).body());
            if (!reply.has("result")) {
                throw new AssertionError(method + " " + params + ": " + reply);
            }
            return reply.get("result");
        } catch (IOException | InterruptedException failed) {
            throw new AssertionError(method, failed);
        }
    }

    BlockInfo mine() {
        call("evm_mine", "[]");
        return head();
    }

    BlockInfo head() {
        JsonNode block = call("eth_getBlockByNumber", "['latest',false]");
        return new BlockInfo(
                Long.decode(block.get("number").asText()),
                block.get("hash").asText(),
                block.get("stateRoot").asText());
    }

    List<String> accounts() {
        List<String> accounts = new ArrayList<>();
        call("eth_accounts", "[]").forEach(a -> accounts.add(a.asText()));
        return accounts;
    }

    /** Sends a transaction, which stands in the next block; gives its hash. */
    String send(String from, String fields) {
        return call("eth_sendTransaction", "[{'from':'" + from + "','gas':'0x100000'," + fields + "}]")
                .asText();
    }

    BigInteger quantity(String method, String address, long block) {
        return new BigInteger(
                call(method, "['" + address + "','0x" + Long.toHexString(block) + "']")
                        .asText()
                        .substring(2),
                16);
    }

    @Override
    public void close() {
        client.close();
        process.destroy();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
        }
    }
}
