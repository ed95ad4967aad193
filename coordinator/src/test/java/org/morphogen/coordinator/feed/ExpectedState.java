package org.morphogen.coordinator.feed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import org.morphogen.coordinator.ethereum.CodeHash;
import org.morphogen.row.AccountValue;
import org.morphogen.row.Bytes32;
import org.morphogen.snapshot.BlockInfo;

/**
 * What a node said of the accounts at one block.
 *
 * @param slots of each contract the slots that are not zero
 */
record ExpectedState(BlockInfo block, Map<Address, AccountValue> accounts, Map<Address, Map<Bytes32, Bytes32>> slots) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static ExpectedState read(String line) throws IOException {
        JsonNode state = JSON.readTree(line);
        BlockInfo block = new BlockInfo(
                Long.decode(state.get("number").asText()),
                state.get("hash").asText(),
                state.get("stateRoot").asText());
        Map<Address, AccountValue> accounts = new HashMap<>();
        for (Map.Entry<String, JsonNode> account : state.get("accounts").properties()) {
            accounts.put(Hex.address("state", account.getKey()), value(account.getValue()));
        }
        Map<Address, Map<Bytes32, Bytes32>> slots = new HashMap<>();
        for (Map.Entry<String, JsonNode> contract : state.get("slots").properties()) {
            Map<Bytes32, Bytes32> words = new HashMap<>();
            contract.getValue()
                    .properties()
                    .forEach(s -> words.put(
                            Bytes32.parse(s.getKey()),
                            Bytes32.parse(s.getValue().asText())));
            slots.put(Hex.address("state", contract.getKey()), words);
        }
        return new ExpectedState(block, accounts, slots);
    }

    /** Compares with what was replayed from the diffs. */
    void assertHeldBy(Replay replay) {
        assertThat(replay.applied().getLast()).isEqualTo(block);
        accounts.forEach((address, value) -> assertThat(replay.account(address))
                .as("%s at %s", address, block)
                .isEqualTo(value));
        // Of a contract that deleted itself before Cancun, a node does not tell which slots went with it.
        slots.forEach((address, words) -> {
            if (replay.isThere(address)) {
                assertSlots(replay, address, words);
            }
        });
    }

    private void assertSlots(Replay replay, Address address, Map<Bytes32, Bytes32> words) {
        for (int number = 1; number <= AnvilSession.SLOTS; number++) {
            Bytes32 slot = Bytes32.parse(Chains.word(number));
            assertThat(replay.slot(address, slot))
                    .as("%s %s at %s", address, slot, block)
                    .isEqualTo(words.getOrDefault(slot, Words.ZERO));
        }
    }

    private static AccountValue value(JsonNode account) throws IOException {
        return new AccountValue(
                new BigInteger(account.get("balance").asText()),
                account.get("nonce").asLong(),
                CodeHash.of(Hex.bytes("code", account.get("code").asText())));
    }
}
