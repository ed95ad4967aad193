package org.morphogen.deploy.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.morphogen.coordinator.cli.CommandOutput;
import org.morphogen.coordinator.cli.ExitCode;
import org.morphogen.coordinator.cli.OutputFormat;
import org.morphogen.deploy.cluster.ClusterPlan;
import org.morphogen.deploy.ethereum.AnvilInstall;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.settings.ByteSize;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Starts two parties, publishes the real genesis state, asks, and tells the story. */
@Command(
        name = "demo",
        description = {
            "Start two whole clusters on this machine, publish Ethereum's genesis state, and look accounts up privately"
                    + " while the chain goes on.",
            "Ends everything that it started, unless told to keep it."
        },
        mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {
    private static final ByteSize NODE_MEMORY = new ByteSize(64L << 20);

    @Option(names = "--keep", description = "Leave the clusters running until Ctrl-C.")
    private boolean keep;

    @Option(names = "--nodes", defaultValue = "2", description = "Shard nodes of each party (${DEFAULT-VALUE}).")
    private int nodes;

    @Option(
            names = "--chain",
            defaultValue = "auto",
            description = {
                "${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}). live: the parties follow an Ethereum node that makes blocks"
                        + " meanwhile; npm installs it into the demo's own folder. recorded: they follow blocks that"
                        + " this program carries. auto: live where that can be had within seconds, else recorded."
            })
    private ChainChoice.Wish chain = ChainChoice.Wish.AUTO;

    @Option(
            names = "--anvil",
            paramLabel = "FILE",
            description = "Foundry's anvil, to be used as that Ethereum node; nothing is installed then.")
    private @Nullable Path anvil;

    @Option(names = "--output", defaultValue = "text", description = "${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private OutputFormat output = OutputFormat.TEXT;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        if (nodes < 1 || nodes > 16) {
            throw new MorphogenException(FailureReason.SETTINGS_INVALID, "--nodes: 1 to 16 are possible.");
        }
        if (chain == ChainChoice.Wish.RECORDED && anvil != null) {
            throw new MorphogenException(
                    FailureReason.SETTINGS_INVALID,
                    "--anvil: recorded blocks need no Ethereum node; leave out --anvil or --chain=recorded.");
        }
        PrintWriter out = spec.commandLine().getOut();
        Story story = new Story(output == OutputFormat.TEXT ? out : new PrintWriter(Writer.nullWriter()));
        ClusterPlan plan = new ClusterPlan(ClusterPlan.ownLauncher(), freshFolder(), nodes, 1, NODE_MEMORY);
        ChainChoice choice = new ChainChoice(chain, Optional.ofNullable(anvil), new AnvilInstall("npm"));
        Demo demo = new Demo(plan, choice, story);
        // Also on Ctrl-C, when nothing after the wait below would run.
        Thread cleaner = new Thread(() -> cleanUp(demo, plan), "clean-up");
        Runtime.getRuntime().addShutdownHook(cleaner);
        try {
            DemoReport report = demo.run();
            if (output == OutputFormat.JSON) {
                new CommandOutput(out, output).print(report, DemoReport::toString);
            }
            if (keep) {
                story.keeps(demo.cluster().clientSettings(), demo.coordinators(), report);
                new CountDownLatch(1).await();
            }
            return report.allWell() ? ExitCode.OK : ExitCode.FAILED;
        } finally {
            cleanUp(demo, plan);
        }
    }

    private static void cleanUp(Demo demo, ClusterPlan plan) {
        demo.close();
        FolderRemoval.remove(plan.folder());
    }

    private static Path freshFolder() {
        try {
            return Files.createTempDirectory("morphogen-demo-");
        } catch (IOException failed) {
            throw new MorphogenException(
                    FailureReason.STORAGE_FAILED, "Cannot make a folder for the demo.", Map.of(), failed);
        }
    }
}
