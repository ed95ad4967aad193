package org.morphogen.deploy.demo;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.morphogen.deploy.demo.DemoReport.ChangedAccount;
import org.morphogen.deploy.demo.DemoReport.LookupLine;
import org.morphogen.deploy.demo.DemoReport.ProcessLine;
import org.morphogen.snapshot.TableManifest;

/** Tells the demo as it goes on, for a person to read. */
final class Story {
    private static final int WEI_DIGITS = 18;

    private final PrintWriter out;

    Story(PrintWriter out) {
        this.out = out;
    }

    void opens() {
        say("Morphogen demo: reading real Ethereum accounts without telling anyone which.");
    }

    void built(TableManifest table, String stateRoot, List<String> digests) {
        say("");
        say("1. The data");
        say("   Ethereum's genesis state: %,d accounts, state root %s.", table.keys(), abbreviated(stateRoot));
        say("   Each party built its snapshot by itself, without talking to the other:");
        for (int party = 0; party < digests.size(); party++) {
            say("     party %d   digest %s", party, digests.get(party).substring(0, 16));
        }
    }

    void started(TableManifest table, List<ProcessLine> processes, int nodesPerParty, double seconds) {
        say("");
        say("2. The clusters");
        say("   %d processes of two parties, started and loaded in %.1f s:", processes.size(), seconds);
        for (int party = 0; party < 2; party++) {
            String prefix = "party " + party + " ";
            say(
                    "     party %d   %s",
                    party,
                    processes.stream()
                            .filter(process -> process.name().startsWith(prefix))
                            .map(process -> process.name().substring(prefix.length()) + " (" + process.pid() + ")")
                            .collect(Collectors.joining(", ")));
        }
        say(
                "   Each party holds the whole matrix: %d ways of %,d rows of %d bytes, %d chunks over %d nodes.",
                table.ways(),
                table.rowsPerWay(),
                table.rowBytes(),
                table.chunks().size(),
                nodesPerParty);
    }

    /** What both parties follow; where it is not what it may have been, why. */
    void follows(ChainChoice.Chosen chosen) {
        String process =
                chosen.chain().node().map(node -> " (" + node.pid() + ")").orElse("");
        say("   Each party by itself follows %s%s.", chosen.chain().description(), process);
        if (!chosen.why().isEmpty()) {
            say("   There is no live Ethereum node: %s.", chosen.why().replaceFirst("\\.$", ""));
        }
        say("");
        say("3. The questions");
    }

    void looked(LookupLine line) {
        say("   %s  %s", line.address(), line.who());
        say("     answer at block %d: %s", line.blockNumber(), answer(line));
        for (Sighting sighting : line.seen()) {
            say(
                    "     %s of party %d saw %,d bytes: %d key%s beginning %s...",
                    sighting.node(),
                    sighting.party(),
                    sighting.messageBytes(),
                    sighting.keys(),
                    sighting.keys() == 1 ? "" : "s",
                    sighting.firstBytes());
        }
        say("");
    }

    void goesOn() {
        say("4. The chain goes on");
        say("   Asked at the newest block that both parties have, then at blocks before:");
    }

    void changed(String address, long block, Optional<BigInteger> balance) {
        say(
                "     %s at block %d: %s",
                address, block, balance.map(wei -> ether(wei) + " ETH").orElse("no such account"));
    }

    void went(int lookups) {
        say("   %,d lookup%s ran while blocks came.", lookups, lookups == 1 ? "" : "s");
        say("");
    }

    void ends(DemoReport report) {
        say("5. What this shows");
        say(
                "   %s",
                report.lookups().stream().allMatch(LookupLine::expected)
                        ? "Every answer is what the published genesis allocation says."
                        : "WRONG: some answer is not what the published genesis allocation says.");
        say(
                "   %s",
                report.changed().stream().allMatch(ChangedAccount::expected)
                        ? "Every later answer is what the Ethereum node says of its block."
                        : "WRONG: some later answer is not what the Ethereum node says of its block.");
        say(
                "   %s",
                report.sameShape()
                        ? "Each node saw messages of the same size for every question, present or absent; the bytes are random."
                        : "WRONG: the sizes of messages depended on the question.");
        say("   Every node read all of its rows for every question. No single party can tell what was asked.");
    }

    void keeps(Path clientSettings, List<String> coordinators, DemoReport report) {
        say("");
        say("The clusters keep running until Ctrl-C. Try, from another terminal:");
        say("   ./morphogen query --config %s 0x3282791d6fd713f1e94f4bfd565eaa78b3a0599d", clientSettings);
        say("   ./morphogen admin --coordinator %s status", coordinators.getFirst());
        say("   ./morphogen admin --coordinator %s digests", coordinators.getLast());
        report.chain()
                .node()
                .ifPresent(node -> say(
                        "The Ethereum node is at %s. It takes transactions of any account, and makes a block at evm_mine.",
                        node.url()));
    }

    private static String answer(LookupLine line) {
        return line.balanceWei()
                .map(wei -> ether(new BigInteger(wei)) + " ETH, nonce "
                        + line.nonce().orElse("?"))
                .orElse("no such account");
    }

    private static String ether(BigInteger wei) {
        BigDecimal ether = new BigDecimal(wei, WEI_DIGITS).stripTrailingZeros();
        return String.format(Locale.ROOT, "%,." + Math.max(0, ether.scale()) + "f", ether);
    }

    private static String abbreviated(String hash) {
        return hash.substring(0, 10) + "..." + hash.substring(hash.length() - 4);
    }

    @FormatMethod
    private void say(@FormatString String format, Object... arguments) {
        out.println(String.format(Locale.ROOT, format, arguments));
        out.flush();
    }
}
