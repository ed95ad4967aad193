package org.morphogen.node.constantwork;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** The marks that steps.c waits for. */
@SuppressWarnings("restricted")
final class Marks {
    private static final int FIRST_NAME = 1_000_000;
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle GETPGID = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("getpgid"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle GETTID = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("gettid"), FunctionDescriptor.of(ValueLayout.JAVA_INT));

    private Marks() {}

    static void begin(int name) {
        call(FIRST_NAME + name);
    }

    static void end() {
        call(0);
    }

    static void noMore() {
        call(FIRST_NAME);
    }

    static int thread() {
        try {
            return (int) GETTID.invokeExact();
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @SuppressWarnings("UnusedVariable")
    private static void call(int number) {
        try {
            int ignored = (int) GETPGID.invokeExact(number);
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
