package org.morphogen.coordinator.generation;

import java.util.List;

/** One control call that a node shall get. */
sealed interface Order {
    /** The node. */
    String nodeId();

    /** The generation that it is about. */
    long generation();

    /** Hold a generation's chunks, to be had from {@code sources}. */
    record Hold(String nodeId, Wish wish, List<String> sources) implements Order {
        @Override
        public long generation() {
            return wish.record().generation();
        }
    }

    /** Free a generation. */
    record Drop(String nodeId, long generation) implements Order {}
}
