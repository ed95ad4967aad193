package org.morphogen.coordinator.building;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.morphogen.coordinator.building.input.InputFormat;
import org.morphogen.row.RowSchema;

/**
 * Builds a table of random accounts and tells its time and memory; to be run with the heap that is to be proved enough.
 * Arguments: number of accounts, seed, output folder.
 */
final class HeapBoundMain {
    private HeapBoundMain() {}

    public static void main(String[] args) throws IOException {
        RandomAccounts accounts = new RandomAccounts(Integer.parseInt(args[0]), Long.parseLong(args[1]));
        TablePlan table = new TablePlan("accounts", RowSchema.parse("account-32"), accounts, InputFormat.CSV);
        long startNanos = System.nanoTime();
        Plans.build(Plans.plan(table), Path.of(args[2]));
        System.out.printf(
                "%d keys, heap at most %d MiB, %.1f s%n",
                accounts.count(), Runtime.getRuntime().maxMemory() >> 20, (System.nanoTime() - startNanos) / 1e9);
        Path status = Path.of("/proc/self/status");
        List<String> lines = Files.exists(status) ? Files.readAllLines(status) : List.of();
        lines.stream()
                .filter(line -> line.startsWith("VmHWM") || line.startsWith("Rss"))
                .forEach(System.out::println);
    }
}
