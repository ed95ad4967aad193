package org.morphogen.coordinator.admin;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.morphogen.coordinator.cli.ExitCode;
import org.morphogen.coordinator.cli.TextTable;
import org.morphogen.protocol.v1.NodesRequest;
import org.morphogen.settings.ByteSize;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code admin nodes}. picocli fills the fields. */
@Command(
        name = "nodes",
        mixinStandardHelpOptions = true,
        description = "Lists the party's shard nodes.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:usage"},
        footer =
                "JSON: a list of node, endpoint, alive, state, engine, memoryLimitBytes, memoryUsedBytes, chunksWanted,"
                        + " chunksReady, problem.")
final class NodesCommand implements Callable<Integer> {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @ParentCommand
    private AdminCommand admin = new AdminCommand();

    @Override
    public Integer call() {
        List<Reports.Node> nodes = admin
                .options()
                .client(spec, TIMEOUT)
                .ask(stub -> stub.nodes(NodesRequest.getDefaultInstance()))
                .getNodesList()
                .stream()
                .map(Reports.Node::of)
                .toList();
        admin.options().output(spec).print(nodes, NodesCommand::text);
        return ExitCode.OK;
    }

    private static String text(List<Reports.Node> nodes) {
        if (nodes.isEmpty()) {
            return "No node is registered.";
        }
        TextTable table = new TextTable("NODE", "ENDPOINT", "STATE", "ENGINE", "MEMORY", "CHUNKS", "PROBLEM");
        for (Reports.Node node : nodes) {
            table.row(
                    node.node(),
                    node.endpoint(),
                    node.state(),
                    node.engine().isEmpty() ? "-" : node.engine(),
                    display(node.memoryUsedBytes()) + " of " + display(node.memoryLimitBytes()),
                    node.chunksReady() + "/" + node.chunksWanted(),
                    node.problem().isEmpty() ? "-" : node.problem());
        }
        return table.toString();
    }

    private static String display(long bytes) {
        return new ByteSize(Math.max(0, bytes)).display();
    }
}
