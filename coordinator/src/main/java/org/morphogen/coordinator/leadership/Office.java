package org.morphogen.coordinator.leadership;

/** The leader's work. Both methods are called from one thread, alternating. */
public interface Office {
    /** This coordinator leads under {@code term}: begin. Must return soon; throwing gives the term up. */
    void begin(LeaderTerm term);

    /** This coordinator leads no more: stop. Called also after a {@link #begin} that threw. */
    void end();
}
