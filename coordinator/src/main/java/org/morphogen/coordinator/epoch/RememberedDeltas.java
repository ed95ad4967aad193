package org.morphogen.coordinator.epoch;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.Epoch;
import org.morphogen.row.Bytes32;

/** Deltas by the digest of the epoch that they lead to: the newest, up to so many bytes of entries. Thread-safe. */
final class RememberedDeltas {
    /** Bytes of entries that are kept for each generation; of a single delta also more. */
    static final long MOST_BYTES = 64L << 20;

    private final long mostBytes;
    private final Map<Bytes32, Delta> deltas = new HashMap<>();

    RememberedDeltas(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    synchronized Optional<Delta> leadingTo(Epoch epoch) {
        return Optional.ofNullable(deltas.get(epoch.digest()));
    }

    /** Takes one in; the oldest go where there are too many bytes. */
    synchronized void add(Delta delta) {
        deltas.put(delta.header().epoch().digest(), delta);
        long bytes = deltas.values().stream().mapToLong(Delta::entryBytes).sum();
        while (bytes > mostBytes && deltas.size() > 1) {
            Delta oldest = deltas.values().stream()
                    .min(Comparator.comparingLong(known -> known.header().number()))
                    .orElseThrow();
            deltas.remove(oldest.header().epoch().digest());
            bytes -= oldest.entryBytes();
        }
    }

    /** Keeps none that leads elsewhere than to those epochs. */
    synchronized void keepOnly(List<Epoch> window) {
        Set<Bytes32> digests = window.stream().map(Epoch::digest).collect(Collectors.toSet());
        deltas.keySet().retainAll(digests);
    }
}
