package org.morphogen.deploy.launch;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.morphogen.coordinator.cli.ExitCode;
import org.morphogen.deploy.zookeeper.StandaloneZooKeeper;
import org.morphogen.transport.Endpoint;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs one standalone ZooKeeper server, for a party that lives on one machine. */
@Command(
        name = "zookeeper",
        description = "Run one ZooKeeper server for a party on one machine. Larger parties run their own ensemble.",
        mixinStandardHelpOptions = true)
final class ZooKeeperCommand implements Callable<Integer> {
    @Option(names = "--data", required = true, description = "Folder for its data; made when missing.")
    private Path data = Path.of("");

    @Option(names = "--listen", defaultValue = "127.0.0.1:2181", description = "Where it listens (${DEFAULT-VALUE}).")
    private String listen = "";

    @Option(names = "--tick", defaultValue = "1000", description = "Tick in milliseconds (${DEFAULT-VALUE}).")
    private int tickMillis;

    @Mixin
    private ServerProcess process = new ServerProcess();

    @Override
    public Integer call() {
        StandaloneZooKeeper server = StandaloneZooKeeper.start(data, Endpoint.parse(listen), tickMillis);
        process.run(server::awaitTermination, server::close);
        return ExitCode.OK;
    }
}
