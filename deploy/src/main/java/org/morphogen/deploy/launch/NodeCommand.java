package org.morphogen.deploy.launch;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.morphogen.node.NodeSettings;
import org.morphogen.node.ShardNode;
import org.morphogen.settings.SettingsFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a shard node. */
@Command(name = "node", description = "Run a shard node.", mixinStandardHelpOptions = true)
final class NodeCommand implements Callable<Integer> {
    @Option(names = "--config", required = true, description = "Settings, YAML; see 'morphogen settings node'.")
    private Path config = Path.of("");

    @Mixin
    private ServerProcess process = new ServerProcess();

    @Override
    public Integer call() {
        ShardNode node = ShardNode.start(SettingsFile.load(ServerProcess.requireFile(config), NodeSettings.class));
        process.run(node::awaitTermination, node::close);
        return 0;
    }
}
