package org.morphogen.deploy.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.morphogen.deploy.ethereum.Anvil;
import org.morphogen.row.Bytes32;
import org.morphogen.snapshot.BlockInfo;

/**
 * Makes blocks of all kinds of transactions on a live node: transfers to old and new accounts, transfers of nothing,
 * contracts that are created, paid, written to and destroyed, calls that fail. Seeded.
 */
final class LiveTraffic {
    /** Slots 0 to this are written. */
    static final int SLOTS = 5;

    private static final int SENDERS = 150;
    private static final int MOST_TRANSACTIONS = 12;
    private static final BigInteger RICH = BigInteger.TEN.pow(21);

    /** Runs what follows it as the contract's code, of 20 bytes. */
    private static final String CREATION = "0x6014600c60003960146000f3";

    /** A contract that pays 1 wei to each address in the words that it is called with. */
    private static final String PAYER =
            "0x6021600c60003960216000f3" + "60005b80361115601f576000600060006000600185355af15060200160025" + "65b00";

    /** Of one call; ten of them fit a block. */
    private static final int PAYMENTS = 250;

    /** Called with two words it sets a slot; called without data it destroys itself. */
    private static final String CODE = "3660075733ff005b6020356000355500";

    private final Anvil anvil;
    private final Random random;
    private final List<String> genesis;
    private final List<String> senders;
    private final List<String> known;
    private final List<String> empty;
    private final List<String> contracts = new ArrayList<>();
    private String payer = "";

    /** @param genesis balances of the accounts that there are */
    LiveTraffic(Anvil anvil, Random random, Map<String, BigInteger> genesis) {
        this.anvil = anvil;
        this.random = random;
        this.known = new ArrayList<>(genesis.keySet());
        this.genesis = List.copyOf(genesis.keySet());
        List<String> shuffled = new ArrayList<>(genesis.keySet().stream()
                .filter(address ->
                        genesis.getOrDefault(address, BigInteger.ZERO).compareTo(RICH) > 0)
                .toList());
        Collections.shuffle(shuffled, random);
        this.senders = List.copyOf(shuffled.subList(0, SENDERS));
        this.empty = genesis.keySet().stream()
                .filter(address ->
                        genesis.getOrDefault(address, BigInteger.ZERO).signum() == 0)
                .toList();
    }

    /**
     * A block.
     *
     * @param orderedNanos when the node was told to make it
     * @param madeNanos when it said that it was made
     */
    record Mined(BlockInfo block, int transactions, long orderedNanos, long madeNanos) {}

    /** Contracts that were created, undone and destroyed ones among them. */
    List<String> contracts() {
        return contracts;
    }

    /** Accounts of the genesis state that have nothing. */
    List<String> empty() {
        return empty;
    }

    /** A contract's slot number as a word. */
    static Bytes32 slot(int number) {
        return word(BigInteger.valueOf(number));
    }

    /** Makes a block of at least one transaction. */
    Mined mine() {
        int transactions = 1 + random.nextInt(MOST_TRANSACTIONS);
        for (int i = 0; i < transactions; i++) {
            send();
        }
        return order(transactions);
    }

    /** Makes a block with a contract that pays many, for {@link #minePayments}. */
    Mined minePayer() {
        send(Map.of("data", PAYER, "value", "0xde0b6b3a7640000", "gas", "0x100000"));
        Mined block = order(1);
        touched(block.block());
        payer = contracts.getLast();
        return block;
    }

    /** Makes a block in which that contract pays so many accounts, one of five a new one. */
    Mined minePayments(int accounts) {
        List<String> paid = new ArrayList<>(genesis);
        Collections.shuffle(paid, random);
        for (int i = 0; i < accounts; i += PAYMENTS) {
            StringBuilder data = new StringBuilder("0x");
            for (int j = i; j < Math.min(accounts, i + PAYMENTS); j++) {
                data.append("0".repeat(24)).append((j % 5 == 0 ? fresh() : paid.get(j)).substring(2));
            }
            send(Map.of("to", payer, "data", data.toString(), "gas", "0x989680"));
        }
        return order(accounts / PAYMENTS);
    }

    private Mined order(int transactions) {
        long orderedNanos = System.nanoTime();
        anvil.call("evm_mine");
        long madeNanos = System.nanoTime();
        return new Mined(anvil.head(), transactions, orderedNanos, madeNanos);
    }

    /** Accounts that have to do with a block, unchanged ones among them. Takes as long as the node takes to trace. */
    Set<String> touched(BlockInfo block) {
        Set<String> touched = new TreeSet<>();
        String number = Anvil.hex(block.number());
        JsonNode whole = anvil.call("eth_getBlockByNumber", number, true);
        touched.add(whole.get("miner").asText());
        for (JsonNode transaction : whole.get("transactions")) {
            touched.add(transaction.get("from").asText());
            if (transaction.get("to").isNull()) {
                JsonNode receipt = anvil.call(
                        "eth_getTransactionReceipt", transaction.get("hash").asText());
                String contract = receipt.get("contractAddress").asText();
                contracts.add(contract);
                touched.add(contract);
            } else {
                touched.add(transaction.get("to").asText());
            }
        }
        Map<String, Object> tracer = Map.of("tracer", "prestateTracer", "tracerConfig", Map.of("diffMode", true));
        for (JsonNode traced : anvil.call("debug_traceBlockByNumber", number, tracer)) {
            traced.get("result").get("pre").fieldNames().forEachRemaining(touched::add);
            traced.get("result").get("post").fieldNames().forEachRemaining(touched::add);
        }
        return touched;
    }

    private void send() {
        int kind = random.nextInt(100);
        if (kind < 30) {
            send(Map.of("to", any(known), "value", wei()));
        } else if (kind < 50) {
            send(Map.of("to", fresh(), "value", wei()));
        } else if (kind < 55) {
            send(Map.of("to", fresh(), "value", "0x0"));
        } else if (kind < 58) {
            send(Map.of("to", any(empty), "value", "0x0"));
        } else if (kind < 70 || contracts.isEmpty()) {
            send(Map.of("data", creation(), "value", random.nextBoolean() ? "0x0" : wei()));
        } else if (kind < 90) {
            send(Map.of("to", any(contracts), "data", write()));
        } else if (kind < 95) {
            send(Map.of("to", any(contracts)));
        } else {
            send(Map.of("to", any(contracts), "data", write(), "gas", "0x5600"));
        }
    }

    private void send(Map<String, String> fields) {
        Map<String, String> transaction = new LinkedHashMap<>();
        transaction.put("from", any(senders));
        transaction.put("gas", "0x30d40");
        transaction.put("maxFeePerGas", "0x77359400");
        transaction.put("maxPriorityFeePerGas", "0x3b9aca00");
        transaction.putAll(fields);
        anvil.send(transaction);
    }

    /** Every contract has a code of its own. */
    private String creation() {
        byte[] rest = new byte[4];
        random.nextBytes(rest);
        return CREATION + CODE + HexFormat.of().formatHex(rest);
    }

    private String write() {
        BigInteger value = random.nextInt(4) == 0 ? BigInteger.ZERO : new BigInteger(200, random);
        return "0x" + slot(random.nextInt(SLOTS + 1)).hex() + word(value).hex();
    }

    private String fresh() {
        byte[] bytes = new byte[20];
        random.nextBytes(bytes);
        String address = "0x" + HexFormat.of().formatHex(bytes);
        known.add(address);
        return address;
    }

    private String wei() {
        return "0x" + new BigInteger(59, random).add(BigInteger.ONE).toString(16);
    }

    private String any(List<String> addresses) {
        return addresses.get(random.nextInt(addresses.size()));
    }

    private static Bytes32 word(BigInteger value) {
        byte[] word = new byte[Bytes32.LENGTH];
        byte[] bytes = value.toByteArray();
        int from = bytes.length > 1 && bytes[0] == 0 ? 1 : 0;
        System.arraycopy(bytes, from, word, word.length - (bytes.length - from), bytes.length - from);
        return Bytes32.of(word);
    }
}
