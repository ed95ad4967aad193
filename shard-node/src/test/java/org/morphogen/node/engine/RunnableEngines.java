package org.morphogen.node.engine;

import java.util.ArrayList;
import java.util.List;
import org.morphogen.node.EngineChoice;

/** The engines that this machine can run, in every form that it can be made to run them. */
final class RunnableEngines {
    private RunnableEngines() {}

    static List<HostEngine> all() {
        List<HostEngine> engines = new ArrayList<>();
        for (EngineChoice choice : EngineChoice.values()) {
            if (choice != EngineChoice.AUTO && choice.find(0) instanceof EngineFinding.Runs(HostEngine engine)) {
                engines.add(engine);
            }
        }
        engines.addAll(narrower());
        return engines;
    }

    /** The vector engine with narrower vectors, and without lookups, than it has by itself. */
    private static List<VectorEngine> narrower() {
        List<VectorEngine> engines = new ArrayList<>();
        int vectorBytes = VectorHardware.detect().vectorBytes();
        engines.add(new VectorEngine(vectorBytes, false));
        for (int narrow = vectorBytes / 2; narrow >= 16; narrow /= 2) {
            engines.add(new VectorEngine(narrow));
        }
        return engines;
    }
}
