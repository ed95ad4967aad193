package org.morphogen.node.engine;

import java.util.ArrayList;
import java.util.List;

/** The engines that this machine can run, in every form that it can be made to run them. */
final class RunnableEngines {
    private RunnableEngines() {}

    static List<ScanEngine> all() {
        List<ScanEngine> engines = new ArrayList<>();
        for (EngineChoice choice : EngineChoice.values()) {
            if (choice != EngineChoice.AUTO && choice.find() instanceof EngineFinding.Runs runs) {
                engines.add(runs.engine());
            }
        }
        return engines;
    }
}
