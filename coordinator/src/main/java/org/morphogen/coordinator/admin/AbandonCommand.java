package org.morphogen.coordinator.admin;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.morphogen.coordinator.cli.ExitCode;
import org.morphogen.protocol.v1.AbandonRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code admin abandon}. picocli fills the fields. */
@Command(
        name = "abandon",
        mixinStandardHelpOptions = true,
        description = "Gives up a generation that is being published, or retires at once one that was "
                + "served before and is still held. The one that is served stays.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:done", "1:failed; nothing changed", "2:usage"},
        footer = "JSON: generation, state, snapshot, snapshotDigest, blockNumber, blockHash, stateRoot, problem.")
final class AbandonCommand implements Callable<Integer> {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @ParentCommand
    private AdminCommand admin = new AdminCommand();

    @Parameters(
            paramLabel = "GENERATION",
            description = "Its number, as 'admin status' and 'admin generations' show it.")
    private long number;

    @Override
    public Integer call() {
        Reports.Generation done = Reports.Generation.of(admin.options()
                .client(spec, TIMEOUT)
                .askLeader(stub -> stub.abandon(
                        AbandonRequest.newBuilder().setGeneration(number).build())));
        admin.options().output(spec).print(done, AbandonCommand::text);
        return ExitCode.OK;
    }

    private static String text(Reports.Generation generation) {
        return "Generation %d is %s.".formatted(generation.generation(), generation.state());
    }
}
