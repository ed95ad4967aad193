package org.morphogen.node.engine;

import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which engine the settings ask for. */
public enum EngineChoice {
    /** The fastest that this machine can run. */
    AUTO,
    /** Vectors through the Vector API. */
    VECTOR,
    /** Plain Java. */
    SCALAR,
    /** C with AVX-512 and GFNI. */
    NATIVE;

    private static final Logger log = LoggerFactory.getLogger(EngineChoice.class);
    private static final String VECTOR_MODULE = "jdk.incubator.vector";

    /** The engine; what was chosen is logged once. One that was asked for and cannot run is SETTINGS_INVALID. */
    public ScanEngine open() {
        ScanEngine engine = switch (this) {
            case AUTO -> fastest();
            case VECTOR, SCALAR, NATIVE -> required(find());
        };
        log.info("engine: {}", engine.name());
        return engine;
    }

    /** Whether the engine that this stands for can run here; for AUTO some engine always can. */
    public EngineFinding find() {
        return switch (this) {
            case AUTO -> new EngineFinding.Runs(fastest());
            case VECTOR -> findVector();
            case SCALAR -> new EngineFinding.Runs(new ScalarEngine());
            case NATIVE -> NativeEngine.find();
        };
    }

    private static ScanEngine fastest() {
        for (EngineChoice choice : new EngineChoice[] {NATIVE, VECTOR}) {
            switch (choice.find()) {
                case EngineFinding.Runs runs -> {
                    return runs.engine();
                }
                case EngineFinding.Lacks lacks -> log.info("engine {} is left out: {}", choice.label(), lacks.reason());
            }
        }
        log.warn("engine: scalar, many times slower than vector, which --add-modules {} brings.", VECTOR_MODULE);
        return new ScalarEngine();
    }

    /** Looks for the module before any class is loaded that needs it. */
    private static EngineFinding findVector() {
        return ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent()
                ? new EngineFinding.Runs(new VectorEngine())
                : new EngineFinding.Lacks("the JVM runs without module " + VECTOR_MODULE
                        + "; start it with --add-modules " + VECTOR_MODULE + ".");
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
