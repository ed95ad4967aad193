package org.morphogen.coordinator.feed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.morphogen.snapshot.BlockInfo;

/** Makes blocks with all kinds of changes on an anvil, and tells what anvil says of them. */
final class AnvilSession {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Slots 1 to this are written. */
    static final int SLOTS = 6;
    /** Called with two words it sets a slot; called without data it deletes itself. */
    static final String CONTRACT = "0x6010600c60003960106000f3" + "3660075733ff005b6020356000355500";

    private final Anvil anvil;
    private final Random random;
    private final List<String> senders;
    private final List<String> contracts = new ArrayList<>();
    private final Set<String> accounts;

    AnvilSession(Anvil anvil, Random random) {
        this.anvil = anvil;
        this.random = random;
        this.senders = anvil.accounts();
        this.accounts = new LinkedHashSet<>(senders);
        accounts.add(Chains.address(0));
    }

    /** Mines a block with some transactions. */
    BlockInfo block() {
        List<String> created = new ArrayList<>();
        for (int i = 2 + random.nextInt(5); i > 0; i--) {
            transaction(created);
        }
        BlockInfo block = anvil.mine();
        for (String hash : created) {
            String address = anvil.call("eth_getTransactionReceipt", "['" + hash + "']")
                    .get("contractAddress")
                    .asText();
            contracts.add(address);
            accounts.add(address);
        }
        return block;
    }

    /** The block with its trace, as anvil sends them: a line for a RecordedFeed. */
    String line(BlockInfo block) {
        String number = Hex.ofNumber(block.number());
        JsonNode head = anvil.call("eth_getBlockByNumber", "['" + number + "',false]");
        ObjectNode line = JSON.createObjectNode();
        for (String field : List.of("number", "hash", "parentHash", "stateRoot")) {
            line.set(field, head.get(field));
        }
        line.set(
                "trace",
                anvil.call(
                        "debug_traceBlockByNumber",
                        "['" + number + "',{'tracer':'prestateTracer','tracerConfig':{'diffMode':true}}]"));
        return line + "\n";
    }

    /** What anvil says of all accounts and slots at the newest block, as a line for {@link ExpectedState}. */
    String stateLine(BlockInfo block) {
        String number = Hex.ofNumber(block.number());
        ObjectNode state = JSON.createObjectNode();
        state.put("number", number).put("hash", block.hash()).put("stateRoot", block.stateRoot());
        ObjectNode values = state.putObject("accounts");
        for (String account : accounts) {
            values.putObject(account)
                    .put(
                            "balance",
                            anvil.quantity("eth_getBalance", account, block.number())
                                    .toString())
                    .put(
                            "nonce",
                            anvil.quantity("eth_getTransactionCount", account, block.number())
                                    .longValueExact())
                    .put(
                            "code",
                            anvil.call("eth_getCode", "['" + account + "','" + number + "']")
                                    .asText());
        }
        ObjectNode words = state.putObject("slots");
        for (String contract : contracts) {
            ObjectNode slots = words.putObject(contract);
            for (int slot = 1; slot <= SLOTS; slot++) {
                String word = anvil.call("eth_getStorageAt", "['" + contract + "','0x" + slot + "','" + number + "']")
                        .asText();
                if (!word.equals(Chains.word(0))) {
                    slots.put(Chains.word(slot), word);
                }
            }
        }
        return state + "\n";
    }

    private void transaction(List<String> created) {
        String from = senders.get(random.nextInt(senders.size()));
        boolean contract = !contracts.isEmpty();
        switch (random.nextInt(8)) {
            case 0 -> created.add(anvil.send(from, "'data':'" + CONTRACT + "'"));
            case 1 -> anvil.send(from, "'to':'" + fresh() + "','value':'0x0'");
            case 2 -> anvil.send(from, "'to':'" + senders.get(random.nextInt(3)) + "','value':'0x9'");
            case 3 -> {
                if (contract && random.nextInt(3) == 0) {
                    anvil.send(from, "'to':'" + anyContract() + "'");
                }
            }
            case 4, 5, 6 -> {
                if (contract) {
                    String data = Chains.word(1 + random.nextInt(SLOTS))
                            + Chains.word(random.nextInt(3)).substring(2);
                    anvil.send(from, "'to':'" + anyContract() + "','data':'" + data + "'");
                }
            }
            default -> anvil.send(from, "'to':'" + fresh() + "','value':'0x" + (1 + random.nextInt(9)) + "'");
        }
    }

    private String anyContract() {
        return contracts.get(random.nextInt(contracts.size()));
    }

    private String fresh() {
        String address = Chains.address(random.nextLong(1L << 40) + (1L << 41));
        accounts.add(address);
        return address;
    }
}
