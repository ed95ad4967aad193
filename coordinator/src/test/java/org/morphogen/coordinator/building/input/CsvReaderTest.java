package org.morphogen.coordinator.building.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class CsvReaderTest {
    @Test
    void columnsMayStandInAnyOrder() throws IOException {
        assertThat(read("account-32", "nonce,address,code_hash,balance\n1,0xa,0xc,5\n"))
                .containsExactly("2: address=0xa balance=5 nonce=1 code_hash=0xc");
        assertThat(read("slot-48", "value,slot,address\n1,2,3")).containsExactly("2: address=3 slot=2 value=1");
        assertThat(read("bytes-32", "key,value\n01,02\n")).containsExactly("2: value=02 key=01");
    }

    @Test
    void takesWindowsLinesQuotesSpacesBlankLinesAndByteOrderMark() throws IOException {
        assertThat(read("account-64", "\ufeffaddress, \"balance\"\r\n\r\n \"0xa\" ,5\r\n0xb,\r\n"))
                .containsExactly("3: address=0xa balance=5", "4: address=0xb balance=");
    }

    @Test
    void tellsLinesWithTooFewAndTooManyFieldsAndGoesOn() throws IOException {
        assertThat(read("account-32", "address,balance\n0xa\n0xb,1\n0xc,1,2\n0xd,4\n"))
                .containsExactly(
                        "2! has 1 fields, not 2 as the header",
                        "3: address=0xb balance=1",
                        "4! has 3 fields, not 2 as the header",
                        "5: address=0xd balance=4");
    }

    @Test
    void tellsLinesThatAreTooLongAndGoesOn() throws IOException {
        String tooLong = "0".repeat(BoundedLines.MAX_LINE_BYTES + 1);
        assertThat(read("account-32", "address,balance\n" + tooLong + "\n0xd,4\n"))
                .containsExactly("2! is longer than 1048576 bytes", "3: address=0xd balance=4");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "address,balance,nonse | 'nonse' is none of address, balance, nonce, code_hash",
                "address,balance,balance | balance stands twice",
                "address,nonce | header: lacks balance",
                "address,slot,value | 'slot' is none of",
                "0xabc,5 | '0xabc' is none of",
            })
    void badHeaderIsTheOnlyError(String header, String reason) throws IOException {
        assertThat(read("account-32", header + "\n0xa,1,2\n0xb\n"))
                .singleElement()
                .asString()
                .startsWith("1! ")
                .contains(reason);
    }

    @Test
    void emptyInputLacksAHeader() throws IOException {
        assertThat(read("account-32", "")).singleElement().asString().startsWith("1! is no header");
        assertThat(read("account-32", "address,balance\n")).isEmpty();
    }

    private static List<String> read(String schema, String csv) throws IOException {
        return RecordedEntries.of(new CsvReader(), schema, csv);
    }
}
