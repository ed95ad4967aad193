package org.morphogen.node.engine;

import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which engine the settings ask for. */
public enum EngineChoice {
    /** The fastest that this machine can run. */
    AUTO,
    /** Plain Java. */
    SCALAR,
    /** C with AVX-512 and GFNI. */
    NATIVE;

    private static final Logger log = LoggerFactory.getLogger(EngineChoice.class);

    /** The engine; what was chosen is logged once. One that was asked for and cannot run is SETTINGS_INVALID. */
    public ScanEngine open() {
        ScanEngine engine = switch (this) {
            case AUTO -> fastest();
            case SCALAR, NATIVE -> required(find());
        };
        log.info("engine: {}", engine.name());
        return engine;
    }

    /** Whether the engine that this stands for can run here; for AUTO some engine always can. */
    public EngineFinding find() {
        return switch (this) {
            case AUTO -> new EngineFinding.Runs(fastest());
            case SCALAR -> new EngineFinding.Runs(new ScalarEngine());
            case NATIVE -> NativeEngine.find();
        };
    }

    private static ScanEngine fastest() {
        for (EngineChoice choice : new EngineChoice[] {NATIVE}) {
            switch (choice.find()) {
                case EngineFinding.Runs runs -> {
                    return runs.engine();
                }
                case EngineFinding.Lacks lacks -> log.info("engine {} is left out: {}", choice.label(), lacks.reason());
            }
        }
        return new ScalarEngine();
    }

    private ScanEngine required(EngineFinding finding) {
        return switch (finding) {
            case EngineFinding.Runs runs -> runs.engine();
            case EngineFinding.Lacks lacks ->
                throw new MorphogenException(
                        FailureReason.SETTINGS_INVALID,
                        "engine: " + label() + " cannot run here: " + lacks.reason() + " Or set engine: auto.");
        };
    }

    private String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
