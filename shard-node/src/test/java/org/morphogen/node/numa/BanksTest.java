package org.morphogen.node.numa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class BanksTest {
    @TempDir
    private Path system;

    @Test
    void readsWhatTheKernelTells() throws IOException {
        node(0, "0-3,8\n");
        node(10, "4-7\n");
        node(2, "\n");

        Banks banks = Banks.read(system, List.of("Name:\tjava", "Cpus_allowed_list:\t1-5"));

        assertThat(banks.all()).containsExactly(new Bank(0, List.of(1, 2, 3)), new Bank(10, List.of(4, 5)));
    }

    @Test
    void oneBankWithCoresIsLikeNone() throws IOException {
        node(0, "0-3\n");
        node(1, "4-7\n");

        assertThat(Banks.read(system, List.of("Cpus_allowed_list:\t0-1"))).isEqualTo(Banks.ONE);
        assertThatThrownBy(() -> Banks.read(system, List.of("Name:\tjava"))).isInstanceOf(IOException.class);
    }

    @Test
    void coreListsAreRangesAndNumbers() {
        assertThat(Banks.cores(" 0-2,5,7-8\n")).isEqualTo(Set.of(0, 1, 2, 5, 7, 8));
        assertThat(Banks.cores("\n")).isEmpty();
        assertThatThrownBy(() -> Banks.cores("0-x")).isInstanceOf(NumberFormatException.class);
    }

    @Test
    void threadsAreSpreadAsCoresAre() {
        Banks banks = new Banks(List.of(new Bank(0, List.of(0, 1, 2, 3, 4, 5)), new Bank(1, List.of(6, 7))));

        assertThat(IntStream.range(0, 4).map(thread -> banks.ofThread(thread, 4)))
                .containsExactly(0, 0, 0, 1);
        assertThat(IntStream.range(0, 16)
                        .map(thread -> banks.ofThread(thread, 16))
                        .sum())
                .isEqualTo(4);
        assertThat(banks.ofThread(0, 1)).isZero();
        Banks devices = new Banks(List.of(new Bank(0, List.of()), new Bank(1, List.of())));
        assertThat(IntStream.range(0, 4).map(thread -> devices.ofThread(thread, 4)))
                .as("banks without cores count alike")
                .containsExactly(0, 0, 1, 1);
        assertThat(IntStream.range(0, 5).map(thread -> Banks.ONE.ofThread(thread, 5)))
                .containsOnly(0);
    }

    @Test
    void banksWithoutAThreadAreLeftOut() {
        Banks banks = new Banks(List.of(
                new Bank(0, List.of(0, 1, 2, 3)),
                new Bank(1, List.of(4, 5, 6, 7)),
                new Bank(3, List.of(8, 9, 10, 11))));

        assertThat(banks.besideThreads(6)).isEqualTo(banks);
        assertThat(banks.besideThreads(2).all()).extracting(Bank::number).containsExactly(0, 1);
        assertThat(banks.besideThreads(1)).isEqualTo(Banks.ONE);
    }

    @Test
    void pinsTheThreadThatAsks() throws Exception {
        assumeTrue(NumaCalls.arePossible());
        Set<Integer> allowed = allowed();
        int core = allowed.iterator().next();
        Banks banks = new Banks(List.of(new Bank(0, List.of(core)), new Bank(1, List.of(core))));
        List<Set<Integer>> seen = new ArrayList<>();

        Thread thread = Thread.ofPlatform().start(() -> {
            banks.pinThread(1);
            seen.add(allowed());
        });
        thread.join();

        assertThat(seen).containsExactly(Set.of(core));
        assertThat(allowed()).as("this thread").isEqualTo(allowed);
        assertThat(NumaCalls.runOn(List.of(4000)))
                .as("a core that is not there")
                .isFalse();
    }

    @Test
    void placesMemoryWhereThereIsSuchAPlace() {
        assumeTrue(NumaCalls.arePossible());
        assumeTrue(Files.isDirectory(Path.of("/sys/devices/system/node/node0")));
        long page = 1 << 16;
        try (Arena arena = Arena.ofConfined()) {
            long address = arena.allocate(4 * page, page).address();

            assertThat(NumaCalls.prefer(address, 2 * page, 0)).isTrue();
            assertThat(NumaCalls.prefer(address + 1, page, 0)).as("not a page").isFalse();
            assertThat(NumaCalls.prefer(address, page, 1000)).as("no such node").isFalse();
        }
    }

    private void node(int number, String cores) throws IOException {
        Path folder = Files.createDirectories(system.resolve("node" + number));
        Files.writeString(folder.resolve("cpulist"), cores);
        Files.writeString(system.resolve("online"), "0-10\n");
    }

    private static Set<Integer> allowed() {
        try {
            return Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
                    .filter(line -> line.startsWith("Cpus_allowed_list:"))
                    .map(line -> Banks.cores(line.substring("Cpus_allowed_list:".length())))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }
}
