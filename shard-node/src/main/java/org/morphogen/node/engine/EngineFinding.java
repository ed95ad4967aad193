package org.morphogen.node.engine;

/** Whether this machine, this JVM and this build can run an engine. */
public sealed interface EngineFinding {
    /** It can. */
    record Runs(ScanEngine engine) implements EngineFinding {}

    /**
     * It cannot.
     *
     * @param reason one sentence, with what to do about it if anything can be done
     */
    record Lacks(String reason) implements EngineFinding {}
}
