package org.morphogen.deploy.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.morphogen.deploy.ethereum.Anvil;
import org.morphogen.deploy.genesis.WorldState;
import org.morphogen.row.AccountValue;
import org.morphogen.row.Bytes32;
import org.morphogen.row.CodeDictionary;

/** What a live node says of accounts and slots after a block. */
record NodeAccounts(Anvil anvil, long block) {
    static final AccountValue EMPTY = new AccountValue(BigInteger.ZERO, 0, CodeDictionary.EMPTY_CODE);

    /** {@link #EMPTY} for one that is not there. */
    AccountValue account(String address) {
        String at = Anvil.hex(block);
        String code = anvil.call("eth_getCode", address, at).asText().substring(2);
        return new AccountValue(
                anvil.balance(address, block),
                Anvil.quantity(anvil.call("eth_getTransactionCount", address, at))
                        .longValueExact(),
                WorldState.codeHash(HexFormat.of().parseHex(code)));
    }

    /** Zero for one that is not set. */
    Bytes32 slot(String contract, Bytes32 slot) {
        return Bytes32.parse(anvil.call("eth_getStorageAt", contract, slot.toString(), Anvil.hex(block))
                .asText());
    }

    /** Accounts that became empty: anvil keeps them in its trie, where Ethereum's rules delete them (EIP-161). */
    static List<String> leftovers(Anvil anvil) throws IOException {
        byte[] packed =
                HexFormat.of().parseHex(anvil.call("anvil_dumpState").asText().substring(2));
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            return new ObjectMapper()
                    .readTree(in).get("accounts").properties().stream()
                            .filter(account -> isEmpty(account.getValue()))
                            .map(Map.Entry::getKey)
                            .toList();
        }
    }

    private static boolean isEmpty(JsonNode account) {
        return account.get("nonce").asLong() == 0
                && Anvil.quantity(account.get("balance")).signum() == 0
                && account.get("code").asText().equals("0x");
    }

    Bytes32 storageRoot(String contract) {
        return Bytes32.parse(anvil.call("eth_getProof", contract, new String[0], Anvil.hex(block))
                .get("storageHash")
                .asText());
    }
}
