package org.morphogen.deploy.launch;

import org.morphogen.coordinator.admin.AdminCommand;
import org.morphogen.coordinator.cli.SnapshotCommand;
import org.morphogen.deploy.demo.DemoCommand;
import org.morphogen.deploy.warmup.WarmUpCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The root of the command line. */
@Command(
        name = "morphogen",
        description = "Private Ethereum account lookups from two clusters that do not collude.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failed; the reason is on stderr",
            "2:wrong usage, or settings that cannot be used",
            "3:done, but the party is not fully serving"
        },
        footer = {"", "'morphogen test' runs the tests. Start with 'morphogen demo'."},
        subcommands = {
            DemoCommand.class,
            QueryCommand.class,
            SnapshotCommand.class,
            CoordinatorCommand.class,
            NodeCommand.class,
            ZooKeeperCommand.class,
            AdminCommand.class,
            SettingsCommand.class,
            WarmUpCommand.class,
            HelpCommand.class
        })
final class MorphogenCommand {}
