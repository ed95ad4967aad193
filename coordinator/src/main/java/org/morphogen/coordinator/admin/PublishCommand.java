package org.morphogen.coordinator.admin;

import java.io.Console;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.morphogen.coordinator.cli.ExitCode;
import org.morphogen.protocol.v1.PublishProgress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code admin publish}. picocli fills the fields. */
@Command(
        name = "publish",
        mixinStandardHelpOptions = true,
        description =
                "Publishes a snapshot as a new generation and waits until it is served. Where the party follows the"
                        + " chain, that is when the generation has come to the block of the one that is served. Interrupting the"
                        + " command does not stop the publication; the same command joins it again, and 'admin abandon' gives it"
                        + " up.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:served", "1:failed; what was served before still is", "2:usage"},
        footer = "JSON: snapshot, generation, changed (false: it was served already), note.")
final class PublishCommand implements Callable<Integer> {
    private static final Duration TIMEOUT = Duration.ofHours(24);

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @ParentCommand
    private AdminCommand admin = new AdminCommand();

    @Parameters(paramLabel = "SNAPSHOT", description = "Folder name under the coordinators' snapshot directory.")
    private String snapshot = "";

    @Option(
            names = "--again",
            description = "Publish it even if it is served already: its chunks are placed anew on the nodes that are"
                    + " there now, e.g. after one is gone for good.")
    private boolean again;

    @Override
    public Integer call() {
        PublishProgress last = publish();
        Reports.Published published = new Reports.Published(
                snapshot, last.getGeneration(), last.getNote().isEmpty(), last.getNote());
        admin.options().output(spec).print(published, PublishCommand::text);
        return ExitCode.OK;
    }

    private static String text(Reports.Published published) {
        String suffix = published.changed() ? "." : " (" + published.note() + ").";
        return "Snapshot %s is served as generation %d%s"
                .formatted(published.snapshot(), published.generation(), suffix);
    }

    private PublishProgress publish() {
        AdminClient client = admin.options().client(spec, TIMEOUT);
        boolean terminal = !admin.options().json()
                && Optional.ofNullable(System.console())
                        .filter(Console::isTerminal)
                        .isPresent();
        try (PublishDisplay display = new PublishDisplay(spec.commandLine().getErr(), terminal)) {
            return client.publish(snapshot, again, display::show);
        }
    }
}
