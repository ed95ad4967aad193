package org.morphogen.coordinator.admin;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code admin}: the commands with which an operator looks after a party. Mounted below {@code morphogen}. */
@Command(
        name = "admin",
        mixinStandardHelpOptions = true,
        description = "Looks after one party: asks its coordinators and publishes snapshots.",
        subcommands = {
            StatusCommand.class,
            NodesCommand.class,
            GenerationsCommand.class,
            PublishCommand.class,
            ServeCommand.class,
            AbandonCommand.class,
            DigestsCommand.class
        })
public final class AdminCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private AdminOptions options = new AdminOptions();

    /** What was given before or after the command's name. */
    AdminOptions options() {
        return options;
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "Say what to do: " + String.join(", ", spec.subcommands().keySet()) + ".");
    }
}
