package org.morphogen.coordinator.admin;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.morphogen.coordinator.cli.CommandOutput;
import org.morphogen.coordinator.cli.OutputFormat;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.transport.Endpoint;
import org.morphogen.transport.TlsSettings;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/** Options of all admin commands, given before or after the command's name. picocli fills the fields. */
final class AdminOptions {
    @Option(
            scope = ScopeType.INHERIT,
            names = "--coordinator",
            paramLabel = "HOST:PORT",
            converter = EndpointConverter.class,
            description = "A coordinator of the party. Repeat for several: each is tried in turn.")
    private List<Endpoint> coordinators = new ArrayList<>();

    @Option(
            scope = ScopeType.INHERIT,
            names = "--tls-certificate",
            paramLabel = "FILE",
            description = "Certificate chain of this caller, PEM.")
    private @Nullable Path certificate;

    @Option(
            scope = ScopeType.INHERIT,
            names = "--tls-key",
            paramLabel = "FILE",
            description = "Private key of the certificate, PEM, PKCS#8.")
    private @Nullable Path privateKey;

    @Option(
            scope = ScopeType.INHERIT,
            names = "--tls-trusted",
            paramLabel = "FILE",
            description = "Certificates that sign the coordinators', PEM.")
    private @Nullable Path trusted;

    @Option(
            scope = ScopeType.INHERIT,
            names = "--output",
            defaultValue = "text",
            description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}. JSON has the field names of --help.")
    private OutputFormat output = OutputFormat.TEXT;

    @Option(
            scope = ScopeType.INHERIT,
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "Longest wait for the whole command; default 30, for publish 86400.")
    private @Nullable Integer timeoutSeconds;

    /** Prints a command's result in the form that was asked for. */
    CommandOutput output(CommandSpec spec) {
        return new CommandOutput(spec.commandLine().getOut(), output);
    }

    /** Whether a program reads the output. */
    boolean json() {
        return output == OutputFormat.JSON;
    }

    /** A client for this invocation; fails with SETTINGS_INVALID, or as wrong usage when no coordinator is named. */
    AdminClient client(CommandSpec spec, Duration defaultTimeout) {
        if (coordinators.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "Missing required option: '--coordinator=HOST:PORT'");
        }
        if (timeoutSeconds != null && timeoutSeconds < 1) {
            throw new MorphogenException(FailureReason.SETTINGS_INVALID, "--timeout: at least 1 second.");
        }
        Duration timeout = timeoutSeconds == null ? defaultTimeout : Duration.ofSeconds(timeoutSeconds);
        return new AdminClient(coordinators, tls(), timeout);
    }

    private TlsSettings tls() {
        try {
            return new TlsSettings(
                    Optional.ofNullable(certificate), Optional.ofNullable(privateKey), Optional.ofNullable(trusted));
        } catch (IllegalArgumentException incomplete) {
            throw new MorphogenException(
                    FailureReason.SETTINGS_INVALID,
                    "--tls-certificate and --tls-key go together; set both or neither.");
        }
    }
}
