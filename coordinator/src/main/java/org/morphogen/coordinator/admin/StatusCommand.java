package org.morphogen.coordinator.admin;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.morphogen.coordinator.cli.ExitCode;
import org.morphogen.coordinator.cli.TextTable;
import org.morphogen.coordinator.view.PartyState;
import org.morphogen.protocol.v1.StatusRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code admin status}. picocli fills the fields. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Shows what the party serves and how whole it is.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:every shard has a ready replica", "1:failed", "2:usage", "3:nothing served, or degraded"},
        footer =
                "JSON: party, state (EMPTY, SERVING, DEGRADED), coordinator, leader, leaderEndpoint, term, viewVersion,"
                        + " generation, snapshotDigest, blockNumber, blockHash, stateRoot, shards[id, chunks, replicas[node,"
                        + " endpoint, ready]].")
final class StatusCommand implements Callable<Integer> {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @ParentCommand
    private AdminCommand admin = new AdminCommand();

    @Override
    public Integer call() {
        Reports.Status status = Reports.Status.of(
                admin.options().client(spec, TIMEOUT).ask(stub -> stub.status(StatusRequest.getDefaultInstance())));
        admin.options().output(spec).print(status, StatusCommand::text);
        return status.state().equals(PartyState.SERVING.name()) ? ExitCode.OK : ExitCode.NOT_SERVING;
    }

    private static String text(Reports.Status status) {
        String leader = status.leader().isEmpty() ? "none" : status.leader() + " at " + status.leaderEndpoint();
        String head = "party        %d\nstate        %s\nleader       %s (term %d)\nview         version %d"
                .formatted(status.party(), status.state(), leader, status.term(), status.viewVersion());
        if (status.generation() == 0) {
            return head + "\ngeneration   none; publish one with 'morphogen admin publish'";
        }
        TextTable shards = new TextTable("SHARD", "CHUNKS", "READY", "REPLICAS");
        status.shards()
                .forEach(shard -> shards.row(
                        Integer.toString(shard.id()),
                        Integer.toString(shard.chunks()),
                        shard.ready() + "/" + shard.replicas().size(),
                        replicas(shard)));
        return head
                + "\ngeneration   %d, snapshot %s\nblock        %d %s\nstate root   %s\nepochs       %d to %d%s\n\n%s"
                        .formatted(
                                status.generation(),
                                status.snapshotDigest(),
                                status.blockNumber(),
                                status.blockHash(),
                                status.stateRoot(),
                                status.oldestEpoch(),
                                status.epoch(),
                                status.stalled().isEmpty() ? "" : "\nstalled      " + status.stalled(),
                                shards);
    }

    private static String replicas(Reports.ShardLine shard) {
        return String.join(
                ", ",
                shard.replicas().stream()
                        .map(replica -> replica.node() + (replica.ready() ? "" : " (not ready)"))
                        .toList());
    }
}
