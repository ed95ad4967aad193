package org.morphogen.node.engine;

/** Plain Java without vectors: the reference that the other engines are compared with. Runs anywhere. */
public final class ScalarEngine implements HostEngine {
    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public ScanKernel newKernel() {
        return new ScalarKernel();
    }
}
