package org.morphogen.node.engine;

import java.util.List;

/** The engines that this machine can run, in every form that it can be made to run them. */
final class RunnableEngines {
    private RunnableEngines() {}

    static List<ScanEngine> all() {
        return List.of(new ScalarEngine());
    }
}
