package org.morphogen.bench.launch;

import picocli.CommandLine.Command;

/** {@code morphogen bench}. */
@Command(
        name = "morphogen bench",
        description = "Measures this machine. Every figure is a ratio to a baseline of the same run.",
        mixinStandardHelpOptions = true,
        subcommands = {
            ScanCommand.class,
            BatchCommand.class,
            DpfCommand.class,
            CuckooCommand.class,
            EndToEndCommand.class,
            EpochsCommand.class,
            FollowCommand.class,
            GpuCommand.class
        })
final class BenchCommand {}
