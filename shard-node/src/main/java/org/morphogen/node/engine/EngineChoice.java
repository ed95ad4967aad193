package org.morphogen.node.engine;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which engine the settings ask for. */
public enum EngineChoice {
    /** The fastest that this machine can run. */
    AUTO,
    /** Plain Java. */
    SCALAR;

    private static final Logger log = LoggerFactory.getLogger(EngineChoice.class);

    /** The engine; what was chosen is logged once. */
    public ScanEngine open() {
        ScanEngine engine = switch (this) {
            case AUTO, SCALAR -> new ScalarEngine();
        };
        log.info("engine: {}", engine.name());
        return engine;
    }
}
