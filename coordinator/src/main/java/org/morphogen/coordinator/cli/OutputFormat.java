package org.morphogen.coordinator.cli;

import java.util.Locale;

/** How a command shows data. */
public enum OutputFormat {
    /** For people. */
    TEXT,
    /** One JSON document, for programs. */
    JSON;

    /** As the command line has it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
