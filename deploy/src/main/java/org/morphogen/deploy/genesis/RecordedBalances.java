package org.morphogen.deploy.genesis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What the node that the blocks were recorded from says of the accounts that they touch. Immutable. */
public final class RecordedBalances {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int HEX = 16;

    /** By address, then by the block after which it holds. */
    private final Map<String, TreeMap<Long, BigInteger>> balances = new LinkedHashMap<>();

    private RecordedBalances() {}

    /** Reads the blocks. */
    public static RecordedBalances read() throws IOException {
        RecordedBalances read = new RecordedBalances();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(RecordedBlocks.open(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode block = JSON.readTree(line);
                long number = Long.decode(block.get("number").asText());
                for (JsonNode transaction : block.get("trace")) {
                    read.add(number, transaction.get("result").get("post"));
                }
            }
        }
        return read;
    }

    private void add(long block, JsonNode post) {
        post.properties().forEach(account -> {
            JsonNode balance = account.getValue().get("balance");
            if (balance != null) {
                balances.computeIfAbsent(account.getKey(), _ -> new TreeMap<>())
                        .put(block, new BigInteger(balance.asText().substring(2), HEX));
            }
        });
    }

    /** Addresses of all accounts whose balance changes, in the order of their first change. */
    public Set<String> touched() {
        return balances.keySet();
    }

    /** The balance in wei after a block; empty while no recorded block has changed it. */
    public Optional<BigInteger> after(long block, String address) {
        return Optional.ofNullable(balances.get(address))
                .map(known -> known.floorEntry(block))
                .map(Map.Entry::getValue);
    }
}
