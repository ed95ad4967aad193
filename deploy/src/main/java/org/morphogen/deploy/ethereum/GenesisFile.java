package org.morphogen.deploy.ethereum;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.morphogen.deploy.genesis.MainnetGenesis;

/** Writes mainnet's genesis state in the form of geth's genesis files, which Ethereum nodes read. */
final class GenesisFile {
    private static final String GAS_LIMIT = "0x1c9c380";
    private static final int HEX = 16;

    private GenesisFile() {}

    static void write(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file);
                JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.writeStartObject();
            json.writeObjectFieldStart("config");
            json.writeNumberField("chainId", 1);
            json.writeEndObject();
            json.writeStringField("difficulty", "0x1");
            json.writeStringField("gasLimit", GAS_LIMIT);
            json.writeStringField("timestamp", "0x0");
            json.writeStringField("nonce", "0x0");
            json.writeStringField("extraData", "0x");
            json.writeObjectFieldStart("alloc");
            writeAccounts(json);
            json.writeEndObject();
            json.writeEndObject();
        }
    }

    private static void writeAccounts(JsonGenerator json) throws IOException {
        for (Map.Entry<String, BigInteger> account : MainnetGenesis.balances().entrySet()) {
            json.writeObjectFieldStart(account.getKey());
            json.writeStringField("balance", "0x" + account.getValue().toString(HEX));
            json.writeEndObject();
        }
    }
}
