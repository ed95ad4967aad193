package org.morphogen.node;

import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.cuda.CudaEngine;
import org.morphogen.node.engine.EngineFinding;
import org.morphogen.node.engine.NativeEngine;
import org.morphogen.node.engine.ScalarEngine;
import org.morphogen.node.engine.ScanEngine;
import org.morphogen.node.engine.VectorEngine;
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
    NATIVE,
    /** NVIDIA GPUs, with the chunks in their memory. */
    CUDA;

    private static final Logger log = LoggerFactory.getLogger(EngineChoice.class);
    private static final String VECTOR_MODULE = "jdk.incubator.vector";

    /**
     * The engine, to be closed; what was chosen is logged once. One that was asked for and cannot run is SETTINGS_INVALID.
     *
     * @param memoryBytes that chunks shall have
     */
    public ScanEngine open(long memoryBytes) {
        ScanEngine engine = switch (this) {
            case AUTO -> fastest(memoryBytes);
            case VECTOR, SCALAR, NATIVE, CUDA -> required(find(memoryBytes));
        };
        log.info("engine: {}", engine.name());
        return engine;
    }

    /** Whether the engine that this stands for can run here with so much memory; for AUTO some engine always can. */
    public EngineFinding find(long memoryBytes) {
        return switch (this) {
            case AUTO -> new EngineFinding.Runs(fastest(memoryBytes));
            case VECTOR -> findVector();
            case SCALAR -> new EngineFinding.Runs(new ScalarEngine());
            case NATIVE -> NativeEngine.find();
            case CUDA -> CudaEngine.find(memoryBytes);
        };
    }

    private static ScanEngine fastest(long memoryBytes) {
        for (EngineChoice choice : new EngineChoice[] {CUDA, NATIVE, VECTOR}) {
            switch (choice.find(memoryBytes)) {
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
