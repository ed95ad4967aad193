package org.morphogen.coordinator.admin;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.morphogen.coordinator.cli.ExitCode;
import org.morphogen.coordinator.cli.TextTable;
import org.morphogen.protocol.v1.GenerationsRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code admin generations}. picocli fills the fields. */
@Command(
        name = "generations",
        mixinStandardHelpOptions = true,
        description = "Lists the party's generations, oldest first.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:usage"},
        footer = "JSON: a list of generation, state (STAGING, SERVING, RETIRED, FAILED), snapshot, snapshotDigest,"
                + " blockNumber, blockHash, stateRoot, problem.")
final class GenerationsCommand implements Callable<Integer> {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int DIGEST_DIGITS_SHOWN = 12;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @ParentCommand
    private AdminCommand admin = new AdminCommand();

    @Override
    public Integer call() {
        List<Reports.Generation> generations = admin
                .options()
                .client(spec, TIMEOUT)
                .ask(stub -> stub.generations(GenerationsRequest.getDefaultInstance()))
                .getGenerationsList()
                .stream()
                .map(Reports.Generation::of)
                .toList();
        admin.options().output(spec).print(generations, GenerationsCommand::text);
        return ExitCode.OK;
    }

    private static String text(List<Reports.Generation> generations) {
        if (generations.isEmpty()) {
            return "Nothing has been published.";
        }
        TextTable table = new TextTable("GENERATION", "STATE", "SNAPSHOT", "DIGEST", "BLOCK", "PROBLEM");
        for (Reports.Generation generation : generations) {
            table.row(
                    Long.toString(generation.generation()),
                    generation.state(),
                    generation.snapshot(),
                    generation.snapshotDigest().substring(0, DIGEST_DIGITS_SHOWN),
                    Long.toString(generation.blockNumber()),
                    generation.problem().isEmpty() ? "-" : generation.problem());
        }
        return table.toString();
    }
}
