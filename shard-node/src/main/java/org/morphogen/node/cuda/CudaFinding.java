package org.morphogen.node.cuda;

import java.util.List;

/** Whether this machine has GPUs that we can use. */
public sealed interface CudaFinding {
    /**
     * It has.
     *
     * @param gpus those that we can use, at least one
     * @param leftOut for each other one a sentence that says why not
     */
    record Runs(List<GpuFacts> gpus, List<String> leftOut) implements CudaFinding {
        public Runs {
            gpus = List.copyOf(gpus);
            leftOut = List.copyOf(leftOut);
        }
    }

    /**
     * It has not.
     *
     * @param reason one sentence, with what to do about it if anything can be done
     */
    record Lacks(String reason) implements CudaFinding {}
}
