package org.morphogen.bench.launch;

import java.util.List;
import java.util.concurrent.Callable;
import org.morphogen.bench.gpu.GpuBench;
import org.morphogen.bench.measure.Result;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.cuda.CudaDriver;
import org.morphogen.node.cuda.CudaFinding;
import org.morphogen.node.cuda.GpuFacts;
import org.morphogen.settings.ByteSize;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The matrix in GPU memory. */
@Command(
        name = "gpu",
        description = "Lookups and batches over a matrix in GPU memory, against reading that memory.",
        mixinStandardHelpOptions = true)
final class GpuCommand implements Callable<Integer> {
    @Option(names = "--row-bytes", split = ",", defaultValue = "32,64,256", description = "Row widths.")
    private List<Integer> rowBytes = List.of();

    @Option(names = "--memory", split = ",", defaultValue = "8GiB,64GiB", description = "Matrix sizes.")
    private List<String> memory = List.of();

    @Option(names = "--batches", split = ",", defaultValue = "2,4,8,16,32,64", description = "Lookups at once.")
    private List<Integer> batches = List.of();

    @Option(
            names = "--probe",
            defaultValue = "1GiB",
            description = "Size of single passes and copies, a power of two (${DEFAULT-VALUE}).")
    private String probe = "";

    @Option(names = "--gpu", defaultValue = "0", description = "Which GPU (${DEFAULT-VALUE}).")
    private int gpu;

    @Mixin
    private ReportOptions report = new ReportOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        GpuFacts facts = facts();
        spec.commandLine()
                .getOut()
                .printf(
                        "GPU %d: %s, compute capability %d.%d, %d multiprocessors, %s free%n",
                        facts.index(),
                        facts.name(),
                        facts.computeMajor(),
                        facts.computeMinor(),
                        facts.multiprocessors(),
                        new ByteSize(facts.freeBytes()));
        List<Long> sizes =
                memory.stream().map(size -> ByteSize.parse(size).bytes()).toList();
        long probeBytes = ByteSize.parse(probe).bytes();
        List<Result> results =
                GpuBench.run(new GpuBench.Plan(rowBytes, sizes, batches, probeBytes, report.rounds()), facts);
        report.show(spec, "what each line says", results);
        return 0;
    }

    private GpuFacts facts() {
        return switch (CudaDriver.find()) {
            case CudaFinding.Lacks lacks ->
                throw new MorphogenException(FailureReason.SETTINGS_INVALID, "gpu: " + lacks.reason());
            case CudaFinding.Runs runs ->
                runs.gpus().stream()
                        .filter(facts -> facts.index() == gpu)
                        .findFirst()
                        .orElseThrow(() -> new MorphogenException(
                                FailureReason.SETTINGS_INVALID, "gpu: there is no GPU " + gpu + " that can be used."));
        };
    }
}
