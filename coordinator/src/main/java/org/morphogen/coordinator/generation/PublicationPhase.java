package org.morphogen.coordinator.generation;

/** How far a publication is. The names are those of {@code PublishProgress.phase}. */
public enum PublicationPhase {
    /** The snapshot's files are checked. */
    VERIFYING,
    /** Nodes are chosen. */
    PLACING,
    /** Nodes pull, check and load their chunks. */
    LOADING,
    /** Its epochs follow the chain from the snapshot's block up to that of the generation that is served. */
    CATCHING_UP,
    /** The generation is in the view. */
    SERVING
}
