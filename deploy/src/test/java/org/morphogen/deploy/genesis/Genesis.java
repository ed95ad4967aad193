package org.morphogen.deploy.genesis;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** The genesis allocation, read apart from the snapshot builder. */
public final class Genesis {
    private Genesis() {}

    /** Address to balance in wei, in the order of the file. */
    public static Map<String, BigInteger> balances() throws IOException {
        Map<String, BigInteger> balances = new LinkedHashMap<>();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(MainnetGenesis.open()), StandardCharsets.UTF_8))) {
            lines.readLine();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int comma = line.indexOf(',');
                balances.put(line.substring(0, comma), new BigInteger(line.substring(comma + 1)));
            }
        }
        return balances;
    }
}
