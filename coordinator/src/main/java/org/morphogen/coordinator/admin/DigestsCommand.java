package org.morphogen.coordinator.admin;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.morphogen.coordinator.cli.ExitCode;
import org.morphogen.coordinator.cli.TextTable;
import org.morphogen.protocol.v1.DigestsPart;
import org.morphogen.protocol.v1.DigestsRequest;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code admin digests}. picocli fills the fields. */
@Command(
        name = "digests",
        mixinStandardHelpOptions = true,
        description = {
            "Prints the SHA-256 of every chunk that the party serves, as its nodes hold it at one epoch. Two parties hold"
                    + " the same where the line 'all chunks' is the same for the same block.",
            "Nodes read all their rows for it, a chunk at a time, while they go on answering: seconds a GiB."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:all replicas of each chunk hold the same",
            "1:failed",
            "2:usage",
            "3:some replica differs, or" + " does not tell"
        },
        footer =
                "JSON: party, generation, snapshotDigest, epoch, epochDigest, blockNumber, blockHash, allChunks (SHA-256"
                        + " of the lines that text output has for chunks; empty while some chunk has no digest),"
                        + " chunks[file, sha256 (empty where replicas differ, or none tells), replicas[node, sha256, agrees, problem]].")
final class DigestsCommand implements Callable<Integer> {
    private static final Duration TIMEOUT = Duration.ofHours(1);

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @ParentCommand
    private AdminCommand admin = new AdminCommand();

    @ArgGroup
    private At at = new At();

    /** picocli fills one of the fields. */
    private static final class At {
        @Option(names = "--epoch", paramLabel = "NUMBER", description = "Of this epoch; default: the head.")
        private @Nullable Long epoch;

        @Option(names = "--block", paramLabel = "NUMBER", description = "Of the epoch of this block.")
        private @Nullable Long block;

        DigestsRequest request() {
            DigestsRequest.Builder request = DigestsRequest.newBuilder();
            if (epoch != null) {
                request.setEpoch(epoch);
            }
            if (block != null) {
                request.setBlockNumber(block);
            }
            return request.build();
        }
    }

    @Override
    public Integer call() {
        List<DigestsPart> parts = admin.options().client(spec, TIMEOUT).askForLong(stub -> {
            List<DigestsPart> told = new ArrayList<>();
            stub.digests(at.request()).forEachRemaining(told::add);
            return told;
        });
        DigestReport.Digests digests = DigestReport.of(parts);
        admin.options().output(spec).print(digests, DigestsCommand::text);
        return digests.agree() ? ExitCode.OK : ExitCode.NOT_SERVING;
    }

    private static String text(DigestReport.Digests digests) {
        StringBuilder text = new StringBuilder(
                "party        %d, generation %d\nblock        %d %s\nepoch        %d %s\nall chunks   %s\n"
                        .formatted(
                                digests.party(),
                                digests.generation(),
                                digests.blockNumber(),
                                digests.blockHash(),
                                digests.epoch(),
                                digests.epochDigest(),
                                digests.allChunks().isEmpty() ? "-" : digests.allChunks()));
        digests.chunks().forEach(chunk -> text.append('\n').append(chunk.line()));
        if (!digests.agree()) {
            text.append("\n\n").append(table(digests));
        }
        return text.toString();
    }

    private static TextTable table(DigestReport.Digests digests) {
        TextTable table = new TextTable("CHUNK", "NODE", "SHA-256", "PROBLEM");
        for (DigestReport.Chunk chunk : digests.chunks()) {
            chunk.replicas().stream()
                    .filter(replica -> !replica.agrees())
                    .forEach(replica -> table.row(
                            chunk.file(),
                            replica.node(),
                            replica.sha256().isEmpty() ? "-" : replica.sha256(),
                            replica.problem().isEmpty() ? "differs" : replica.problem()));
        }
        return table;
    }
}
