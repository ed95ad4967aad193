package org.morphogen.coordinator.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.morphogen.coordinator.building.BuildReport;
import org.morphogen.coordinator.building.MasterSeed;
import org.morphogen.coordinator.building.SnapshotBuilder;
import org.morphogen.coordinator.building.SnapshotPlan;
import org.morphogen.coordinator.building.SnapshotVerifier;
import org.morphogen.coordinator.building.cuckoo.LoadFactor;
import org.morphogen.coordinator.building.workers.BuildWorkers;
import org.morphogen.snapshot.BlockInfo;
import org.morphogen.snapshot.SnapshotDirectory;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code morphogen snapshot}: builds, shows and checks snapshots on this machine. */
@Command(
        name = "snapshot",
        description = "Builds, inspects and verifies snapshots.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
public final class SnapshotCommand {
    private CommandSpec spec = CommandSpec.create();

    /** The command. */
    public SnapshotCommand() {}

    /** Told by picocli where this command stands. */
    @Spec
    public void setSpec(CommandSpec given) {
        spec = given;
    }

    /** {@code snapshot build}. */
    @Command(
            name = "build",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Builds a snapshot from genesis files, CSV or JSON lines.",
                "The same input and seed give the same bytes on any machine. Nothing is left of a build that fails."
            },
            exitCodeListHeading = "Exit codes:%n",
            exitCodeList = {"0:built", "1:the input or the disk was not good", "2:the options were not"})
    int build(
            @Option(
                            names = "--out",
                            required = true,
                            paramLabel = "DIR",
                            description = "A folder that is not there yet.")
                    Path out,
            @Option(names = "--block-number", required = true, paramLabel = "N", description = "Block of the state.")
                    long blockNumber,
            @Option(names = "--block-hash", required = true, paramLabel = "0xHASH", description = "Its hash.")
                    String blockHash,
            @Option(names = "--state-root", required = true, paramLabel = "0xHASH", description = "Its state root.")
                    String stateRoot,
            @Option(
                            names = "--seed",
                            paramLabel = "HEX",
                            description = "Master seed, 64 hex digits; follows from the block hash if not given.")
                    Optional<String> seed,
            @Option(
                            names = "--load",
                            paramLabel = "0.50..0.915",
                            defaultValue = "0.90",
                            description = "Keys for each row (default 0.90).")
                    double load,
            @Option(
                            names = "--chunk-rows",
                            paramLabel = "N",
                            description =
                                    "Rows of a chunk, a power of two from 128; as many as make 1 GiB if not given.")
                    Optional<Integer> chunkRows,
            @Option(
                            names = "--threads",
                            paramLabel = "N",
                            description = "Threads that hash, place and write; one a processor if not given.")
                    Optional<Integer> threads,
            @Option(names = "--output", defaultValue = "text", description = "text (default) or json.")
                    OutputFormat output,
            @ArgGroup(exclusive = false, multiplicity = "1..*", heading = "For each table:%n")
                    List<TableOptions> tables) {
        SnapshotPlan plan = new SnapshotPlan(
                block(blockNumber, blockHash, stateRoot),
                tables.stream().map(TableOptions::plan).toList(),
                seed.map(hex -> new MasterSeed(hex.toLowerCase(Locale.ROOT)))
                        .orElseGet(() -> MasterSeed.of(block(blockNumber, blockHash, stateRoot))),
                new LoadFactor(load),
                chunkRows.map(OptionalInt::of).orElseGet(OptionalInt::empty));
        BuildReport report;
        try (BuildProgress progress = BuildProgress.onConsole(spec.commandLine().getErr())) {
            report = SnapshotBuilder.build(plan, out, threads.orElseGet(BuildWorkers::allProcessors), progress);
        }
        show(report.snapshot(), output);
        return ExitCode.OK;
    }

    /** {@code snapshot inspect}. */
    @Command(name = "inspect", mixinStandardHelpOptions = true, description = "Shows what a snapshot holds.")
    int inspect(
            @Parameters(paramLabel = "DIR", description = "The snapshot's folder.") Path folder,
            @Option(names = "--output", defaultValue = "text", description = "text (default) or json.")
                    OutputFormat output) {
        show(SnapshotDirectory.open(folder), output);
        return ExitCode.OK;
    }

    /** {@code snapshot verify}. */
    @Command(
            name = "verify",
            mixinStandardHelpOptions = true,
            description = "Checks every file's length and checksum, and every row.")
    int verify(
            @Parameters(paramLabel = "DIR", description = "The snapshot's folder.") Path folder,
            @Option(names = "--output", defaultValue = "text", description = "text (default) or json.")
                    OutputFormat output) {
        SnapshotDirectory snapshot = SnapshotDirectory.open(folder);
        SnapshotVerifier.Result result = SnapshotVerifier.verify(snapshot);
        printer(output)
                .print(
                        result,
                        r -> "sound: %d files, %d bytes, %d rows, %d of them in use; digest %s"
                                .formatted(r.files(), r.bytes(), r.rows(), r.rowsInUse(), r.digest()));
        return ExitCode.OK;
    }

    private void show(SnapshotDirectory snapshot, OutputFormat output) {
        printer(output).print(SnapshotSummary.of(snapshot), SnapshotSummary::text);
    }

    private CommandOutput printer(OutputFormat output) {
        return new CommandOutput(spec.commandLine().getOut(), output);
    }

    private static BlockInfo block(long number, String hash, String stateRoot) {
        return SettingsCheck.of(
                () -> new BlockInfo(number, hash.toLowerCase(Locale.ROOT), stateRoot.toLowerCase(Locale.ROOT)));
    }
}
