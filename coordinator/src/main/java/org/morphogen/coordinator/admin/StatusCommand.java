package org.morphogen.coordinator.admin;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.morphogen.coordinator.cli.ExitCode;
import org.morphogen.coordinator.cli.TextTable;
import org.morphogen.coordinator.generation.PublicationPhase;
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
                        + " generation, snapshotDigest, blockNumber, blockHash, stateRoot, epoch, oldestEpoch, stalled,"
                        + " shards[id, chunks, replicas[node, endpoint, ready]], staged[generation, snapshot, phase"
                        + " (VERIFYING, LOADING, CATCHING_UP), chunksReady, chunksWanted, blockNumber, epoch, stalled],"
                        + " earlier[generation, blockNumber, epoch, stalled].")
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
            return head + "\ngeneration   none; publish one with 'morphogen admin publish'" + staged(status);
        }
        TextTable shards = new TextTable("SHARD", "CHUNKS", "READY", "REPLICAS");
        status.shards()
                .forEach(shard -> shards.row(
                        Integer.toString(shard.id()),
                        Integer.toString(shard.chunks()),
                        shard.ready() + "/" + shard.replicas().size(),
                        replicas(shard)));
        return head
                + "\ngeneration   %d, snapshot %s\nblock        %d %s\nstate root   %s\nepochs       %d to %d%s%s\n\n%s"
                        .formatted(
                                status.generation(),
                                status.snapshotDigest(),
                                status.blockNumber(),
                                status.blockHash(),
                                status.stateRoot(),
                                status.oldestEpoch(),
                                status.epoch(),
                                status.stalled().isEmpty() ? "" : "\nstalled      " + status.stalled(),
                                earlier(status) + staged(status),
                                shards);
    }

    private static String earlier(Reports.Status status) {
        StringBuilder lines = new StringBuilder();
        status.earlier()
                .forEach(old -> lines.append("\nearlier      generation %d, block %d, answered until it is retired%s"
                        .formatted(
                                old.generation(),
                                old.blockNumber(),
                                old.stalled().isEmpty() ? "" : "; stalled: " + old.stalled())));
        return lines.toString();
    }

    private static String staged(Reports.Status status) {
        StringBuilder lines = new StringBuilder();
        status.staged().forEach(next -> {
            lines.append("\nstaged       generation %d, snapshot %s, %s"
                    .formatted(next.generation(), next.snapshot(), next.phase()));
            if (next.phase().equals(PublicationPhase.CATCHING_UP.name())) {
                lines.append(" at block %d of %d (epoch %d)"
                        .formatted(next.blockNumber(), status.blockNumber(), next.epoch()));
            } else {
                lines.append(" %d of %d chunks".formatted(next.chunksReady(), next.chunksWanted()));
            }
            if (!next.stalled().isEmpty()) {
                lines.append("\n             stands still: ").append(next.stalled());
                lines.append(
                        "\n             serve it as it is: morphogen admin serve %1$d; give it up: morphogen admin abandon %1$d"
                                .formatted(next.generation()));
            }
        });
        return lines.toString();
    }

    private static String replicas(Reports.ShardLine shard) {
        return String.join(
                ", ",
                shard.replicas().stream()
                        .map(replica -> replica.node() + (replica.ready() ? "" : " (not ready)"))
                        .toList());
    }
}
