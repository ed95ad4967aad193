package org.morphogen.deploy.ethereum;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
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
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(MainnetGenesis.open()), StandardCharsets.UTF_8))) {
            lines.readLine();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int comma = line.indexOf(',');
                BigInteger wei = new BigInteger(line.substring(comma + 1));
                json.writeObjectFieldStart(line.substring(0, comma));
                json.writeStringField("balance", "0x" + wei.toString(HEX));
                json.writeEndObject();
            }
        }
    }
}
