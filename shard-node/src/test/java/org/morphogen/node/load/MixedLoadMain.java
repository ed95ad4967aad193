package org.morphogen.node.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.morphogen.node.EngineChoice;

/**
 * Mixed load in a JVM of its own, whose heap is touched from the start, so that what its resident set grows by is native
 * memory. Arguments: a new folder, seconds, seed.
 */
final class MixedLoadMain {
    private static final int WARM_PARTS = 10;
    private static final long MOST_GROWTH_KIB = 64 << 10;

    private MixedLoadMain() {}

    public static void main(String[] args) throws IOException {
        Path folder = Files.createDirectories(Path.of(args[0]));
        Duration time = Duration.ofSeconds(Long.parseLong(args[1]));
        long seed = Long.parseLong(args[2]);
        System.out.printf("%d s, seed %d%n", time.toSeconds(), seed);
        try (TwoNodes nodes = new TwoNodes(folder, seed, EngineChoice.AUTO.open(0))) {
            MixedLoad load = new MixedLoad(nodes);
            load.run(time.dividedBy(WARM_PARTS), seed);
            long warmKib = residentKib();
            load.run(time.minus(time.dividedBy(WARM_PARTS)), seed + 1);
            long grownKib = residentKib() - warmKib;
            System.out.println(load.report());
            System.out.printf("resident %d MiB once warm, %+d MiB at the end%n", warmKib >> 10, grownKib >> 10);
            assertThat(grownKib).as("KiB of native memory more than when warm").isLessThan(MOST_GROWTH_KIB);
            nodes.assertAllIsGivenBack();
        }
        System.out.println("all well");
        System.exit(0);
    }

    /** Of this process; 0 where the system does not tell. */
    private static long residentKib() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }
}
