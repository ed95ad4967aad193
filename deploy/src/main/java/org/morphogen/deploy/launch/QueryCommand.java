package org.morphogen.deploy.launch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.morphogen.client.ClientSettings;
import org.morphogen.client.MorphogenClient;
import org.morphogen.client.PartySettings;
import org.morphogen.client.lookup.Lookup;
import org.morphogen.client.view.BlockChoice;
import org.morphogen.coordinator.cli.CommandOutput;
import org.morphogen.coordinator.cli.ExitCode;
import org.morphogen.coordinator.cli.OutputFormat;
import org.morphogen.coordinator.cli.TextTable;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.RowSchema;
import org.morphogen.settings.SettingsFile;
import org.morphogen.snapshot.TableManifest;
import org.morphogen.transport.Endpoint;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks keys up privately. */
@Command(
        name = "query",
        description = {
            "Look accounts up at two parties, neither of which learns which.",
            "All keys of one call go out together; their number is visible to the parties, the keys are not.",
            "The parties also see of which block; the last line of the output tells it."
        },
        mixinStandardHelpOptions = true)
final class QueryCommand implements Callable<Integer> {
    @ArgGroup(multiplicity = "1")
    private Parties parties = new Parties();

    @Option(names = "--table", defaultValue = "accounts", description = "Table to ask (${DEFAULT-VALUE}).")
    private String table = "";

    @Option(
            names = "--block",
            paramLabel = "NUMBER|HASH",
            description = "Block whose state to ask for; the newest that both parties have unless given.")
    private @Nullable String block;

    @Option(names = "--output", defaultValue = "text", description = "${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private OutputFormat output = OutputFormat.TEXT;

    @Parameters(
            arity = "1..*",
            paramLabel = "KEY",
            description = "Addresses; ADDRESS:SLOT for a table of storage slots; hex bytes for a table of bytes.")
    private List<String> keys = new ArrayList<>();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        BlockChoice choice = block == null ? BlockChoice.LATEST : BlockChoice.parse(block);
        try (MorphogenClient client = MorphogenClient.connect(parties.settings())) {
            RowSchema schema = schema(client);
            List<Lookup> lookups = client.atBlock(choice)
                    .lookupAll(
                            table,
                            keys.stream().map(key -> KeyText.parse(schema, key)).toList());
            List<LookupLine> lines = new ArrayList<>();
            for (int i = 0; i < lookups.size(); i++) {
                lines.add(LookupLine.of(keys.get(i), lookups.get(i)));
            }
            Lookup first = lookups.getFirst();
            Report report = new Report(
                    table,
                    first.asOf().snapshot().hex(),
                    first.asOf().epoch(),
                    first.asOf().block().number(),
                    first.asOf().block().hash(),
                    lines);
            new CommandOutput(spec.commandLine().getOut(), output).print(report, QueryCommand::text);
        }
        return ExitCode.OK;
    }

    private RowSchema schema(MorphogenClient client) {
        return client.view()
                .snapshot()
                .manifest()
                .table(table)
                .map(TableManifest::rowSchema)
                .orElseThrow(() -> new MorphogenException(
                        FailureReason.TABLE_UNKNOWN, "The parties serve no table '" + table + "'."));
    }

    private static String text(Report report) {
        TextTable lines = new TextTable("key", "found", "value");
        report.lookups().forEach(line -> lines.row(line.key(), line.found() ? "yes" : "absent", line.text()));
        return lines + System.lineSeparator() + "block " + report.blockNumber() + " " + report.blockHash();
    }

    /** Where the parties are. */
    static final class Parties {
        @Option(names = "--config", required = true, description = "Settings, YAML; see 'morphogen settings client'.")
        private @Nullable Path config;

        @ArgGroup(exclusive = false)
        private @Nullable Coordinators coordinators;

        ClientSettings settings() {
            if (config != null) {
                return SettingsFile.load(ServerProcess.requireFile(config), ClientSettings.class);
            }
            if (coordinators == null) {
                throw new MorphogenException(
                        FailureReason.SETTINGS_INVALID, "Give --config, or --party0 and --party1.");
            }
            return ClientSettings.of(
                    PartySettings.onLoopback(List.of(Endpoint.parse(coordinators.party0))),
                    PartySettings.onLoopback(List.of(Endpoint.parse(coordinators.party1))));
        }
    }

    /** One coordinator of each party, on loopback. */
    static final class Coordinators {
        @Option(
                names = "--party0",
                required = true,
                description = "host:port of a coordinator of party 0, on loopback.")
        private String party0 = "";

        @Option(
                names = "--party1",
                required = true,
                description = "host:port of a coordinator of party 1, on loopback.")
        private String party1 = "";
    }

    /** What {@code --output json} prints. */
    record Report(
            String table, String snapshot, long epoch, long blockNumber, String blockHash, List<LookupLine> lookups) {}
}
