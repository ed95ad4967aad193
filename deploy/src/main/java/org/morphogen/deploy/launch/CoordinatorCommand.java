package org.morphogen.deploy.launch;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.morphogen.coordinator.Coordinator;
import org.morphogen.coordinator.CoordinatorSettings;
import org.morphogen.settings.SettingsFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a coordinator. */
@Command(name = "coordinator", description = "Run a coordinator.", mixinStandardHelpOptions = true)
final class CoordinatorCommand implements Callable<Integer> {
    @Option(names = "--config", required = true, description = "Settings, YAML; see 'morphogen settings coordinator'.")
    private Path config = Path.of("");

    @Mixin
    private ServerProcess process = new ServerProcess();

    @Override
    public Integer call() {
        Coordinator coordinator =
                new Coordinator(SettingsFile.load(ServerProcess.requireFile(config), CoordinatorSettings.class));
        coordinator.start();
        process.run(coordinator::awaitTermination, coordinator::close);
        return 0;
    }
}
