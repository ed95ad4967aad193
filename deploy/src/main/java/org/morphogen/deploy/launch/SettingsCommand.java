package org.morphogen.deploy.launch;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.morphogen.client.ClientSettings;
import org.morphogen.coordinator.CoordinatorSettings;
import org.morphogen.node.NodeSettings;
import org.morphogen.settings.SettingsReference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints what a settings file may hold. */
@Command(name = "settings", description = "Print the reference of a settings file.", mixinStandardHelpOptions = true)
final class SettingsCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "${COMPLETION-CANDIDATES}")
    private Kind kind = Kind.NODE;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        out.print(SettingsReference.markdown(kind.type));
        out.flush();
        return 0;
    }

    /** Whose settings. */
    enum Kind {
        COORDINATOR(CoordinatorSettings.class),
        NODE(NodeSettings.class),
        CLIENT(ClientSettings.class);

        private final Class<? extends Record> type;

        Kind(Class<? extends Record> type) {
            this.type = type;
        }

        Class<? extends Record> type() {
            return type;
        }
    }
}
