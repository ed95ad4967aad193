package org.morphogen.node.engine;

import java.lang.invoke.MethodHandle;

/**
 * C with AVX-512 and GFNI instructions, called through java.lang.foreign; see {@code src/main/c/scan.c}. Runs where the
 * build found a C compiler and the processor has the instructions.
 */
public final class NativeEngine implements HostEngine {
    private final MethodHandle scan;

    NativeEngine(MethodHandle scan) {
        this.scan = scan;
    }

    /** The engine, or why there is none. */
    public static EngineFinding find() {
        return NativeLibrary.FINDING;
    }

    @Override
    public String name() {
        return "native";
    }

    @Override
    public ScanKernel newKernel() {
        return new NativeKernel(scan);
    }
}
