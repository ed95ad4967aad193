package org.morphogen.node.generation;

import java.nio.file.Path;
import java.util.Map;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The newest leader's term that this node has seen, kept across restarts. Thread-safe. */
public final class LeaderTerm {
    private static final Logger log = LoggerFactory.getLogger(LeaderTerm.class);
    private static final DurableRecord<Term> FILE = new DurableRecord<>(Term.class);

    private final Path file;
    private long newest;

    private LeaderTerm(Path file, long newest) {
        this.file = file;
        this.newest = newest;
    }

    /** Reads the term kept in {@code file}, 0 if there is none. */
    public static LeaderTerm open(Path file) {
        try {
            return new LeaderTerm(file, FILE.read(file).map(Term::term).orElse(0L));
        } catch (MorphogenException damaged) {
            log.error("The newest term is forgotten until the leader calls again. {}", damaged.explain());
            return new LeaderTerm(file, 0);
        }
    }

    /**
     * Fails with STALE_TERM, fact {@code term}, when a newer term is known. A newer one is on the disk when this returns.
     */
    public synchronized void accept(long term) {
        if (term < newest) {
            throw new MorphogenException(
                    FailureReason.STALE_TERM,
                    "term: " + term + " is over, " + newest + " is the newest that this node knows.",
                    Map.of("term", Long.toString(newest)));
        }
        if (term > newest) {
            FILE.write(file, new Term(term));
            newest = term;
        }
    }

    private record Term(long term) {}
}
