package org.morphogen.node.pull;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.snapshot.SnapshotDigest;
import org.morphogen.transport.Endpoint;
import org.morphogen.transport.TlsSettings;
import org.morphogen.transport.Transport;

/** The coordinators that serve one snapshot, in order of preference. Thread-safe. Closing it breaks running calls. */
public final class SnapshotSources implements AutoCloseable {
    /** How long one call to a source may take before it is cut and resumed. */
    static final Duration LONGEST_CALL = Duration.ofSeconds(60);

    private final SnapshotDigest snapshot;
    private final List<SnapshotSource> sources;

    private SnapshotSources(SnapshotDigest snapshot, List<SnapshotSource> sources) {
        this.snapshot = snapshot;
        this.sources = List.copyOf(sources);
    }

    /** Channels to {@code endpoints}; they connect when first used. */
    public static SnapshotSources open(
            SnapshotDigest snapshot, List<Endpoint> endpoints, TlsSettings tls, Executor executor) {
        return new SnapshotSources(
                snapshot,
                endpoints.stream()
                        .map(endpoint -> new SnapshotSource(endpoint, () -> Transport.channel(endpoint, tls, executor)))
                        .toList());
    }

    /** The snapshot that they serve. */
    SnapshotDigest snapshot() {
        return snapshot;
    }

    /**
     * Runs {@code attempt} with one source after the other until one succeeds; what the last one failed with is thrown.
     * A failure of this machine's own disk or an interrupt ends it at once, because no other source can help.
     */
    <T> T firstThat(Attempt<T> attempt) {
        MorphogenException last = new MorphogenException(
                FailureReason.UNAVAILABLE, "No coordinator is named that serves " + snapshot.brief() + ".");
        for (SnapshotSource source : sources) {
            try {
                return attempt.with(source);
            } catch (MorphogenException failed) {
                if (failed.reason() == FailureReason.STORAGE_FAILED
                        || Thread.currentThread().isInterrupted()) {
                    throw failed;
                }
                last = failed;
            }
        }
        throw last;
    }

    @Override
    public void close() {
        sources.forEach(SnapshotSource::close);
    }

    /** One try with one source. */
    @FunctionalInterface
    interface Attempt<T> {
        T with(SnapshotSource source);
    }
}
