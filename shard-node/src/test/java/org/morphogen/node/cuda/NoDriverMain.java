package org.morphogen.node.cuda;

/** What a machine says of its GPUs, twice. */
final class NoDriverMain {
    private NoDriverMain() {}

    public static void main(String[] arguments) {
        for (int time = 0; time < 2; time++) {
            switch (CudaDriver.find()) {
                case CudaFinding.Lacks lacks -> System.out.println("lacks: " + lacks.reason());
                case CudaFinding.Runs runs ->
                    System.out.println("runs: " + runs.gpus().size());
            }
        }
    }
}
