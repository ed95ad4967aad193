package org.morphogen.deploy.launch;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Optional;
import org.morphogen.client.lookup.Absent;
import org.morphogen.client.lookup.Found;
import org.morphogen.client.lookup.Lookup;
import org.morphogen.row.AccountValue;
import org.morphogen.row.BytesValue;
import org.morphogen.row.SlotValue;

/**
 * One key's outcome; components that its table does not have are empty.
 *
 * @param balanceWei decimal
 * @param nonce decimal
 * @param value hex
 */
record LookupLine(
        String key,
        boolean found,
        Optional<String> balanceWei,
        Optional<String> nonce,
        Optional<String> codeHash,
        Optional<String> value) {
    static LookupLine of(String key, Lookup lookup) {
        return switch (lookup) {
            case Absent _ ->
                new LookupLine(key, false, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
            case Found found ->
                switch (found.value()) {
                    case AccountValue account ->
                        new LookupLine(
                                key,
                                true,
                                Optional.of(account.balance().toString()),
                                Optional.of(Long.toUnsignedString(account.nonce())),
                                Optional.of(account.codeHash().toString()),
                                Optional.empty());
                    case SlotValue slot -> plain(key, slot.value().toString());
                    case BytesValue bytes -> plain(key, "0x" + HexFormat.of().formatHex(bytes.bytes()));
                };
        };
    }

    private static LookupLine plain(String key, String value) {
        return new LookupLine(key, true, Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(value));
    }

    String text() {
        return balanceWei
                .map(wei -> "balance " + ether(wei) + " ETH, nonce " + nonce.orElse("?"))
                .or(() -> value)
                .orElse("");
    }

    private static String ether(String wei) {
        return new BigDecimal(new BigInteger(wei), 18).stripTrailingZeros().toPlainString();
    }
}
