package org.morphogen.coordinator.building.input;

import java.io.IOException;

/** Takes what a reader finds in the input. */
interface EntryTarget {
    /** An entry, checked for the names of its fields alone. {@code fields} are valid during the call. */
    void entry(long line, Fields fields) throws IOException;

    /** A line that cannot be used. */
    void error(long line, String reason);
}
