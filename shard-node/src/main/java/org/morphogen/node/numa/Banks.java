package org.morphogen.node.numa;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The banks over which chunks and scanning threads are spread, so that each core reads the memory near it. Where there
 * is one, or it cannot be told, nothing is pinned and the kernel does as it likes. Immutable.
 *
 * @param all at least one; places in this list are what the rest of the node counts banks by
 */
public record Banks(List<Bank> all) {
    /** A machine, or a part of one, whose memory is all the same. */
    public static final Banks ONE = new Banks(List.of(new Bank(0, List.of())));

    private static final Logger log = LoggerFactory.getLogger(Banks.class);
    private static final Path SYSTEM = Path.of("/sys/devices/system/node");
    private static final Path PROCESS = Path.of("/proc/self/status");
    private static final String ALLOWED = "Cpus_allowed_list:";
    private static final String FOLDER = "node";
    private static final long HUGE_PAGE_BYTES = 2L << 20;
    /** Of the small ones that Linux knows. */
    private static final long LARGEST_PAGE = 64 << 10;

    public Banks {
        all = List.copyOf(all);
        if (all.isEmpty()) {
            throw new IllegalArgumentException("banks: there are none");
        }
    }

    /** Those of this machine that have cores for this process. */
    public static Banks here() {
        if (!Files.isDirectory(SYSTEM) || !NumaCalls.arePossible()) {
            return ONE;
        }
        try {
            Banks banks = read(SYSTEM, Files.readAllLines(PROCESS));
            if (banks.count() > 1 && !banks.canPlaceMemory()) {
                log.warn("The system lets nobody place memory on NUMA nodes (mbind), so nothing is pinned.");
                return ONE;
            }
            if (banks.count() > 1) {
                log.info("Chunks and scanning threads are spread over {} NUMA nodes", banks.count());
            }
            return banks;
        } catch (IOException | RuntimeException unreadable) {
            log.warn("Cannot tell the machine's NUMA nodes, so nothing is pinned: {}", unreadable.getMessage());
            return ONE;
        }
    }

    private boolean canPlaceMemory() {
        try (Arena arena = Arena.ofConfined()) {
            long address = arena.allocate(LARGEST_PAGE, LARGEST_PAGE).address();
            return all.stream().allMatch(bank -> NumaCalls.prefer(address, LARGEST_PAGE, bank.number()));
        }
    }

    /**
     * Reads the kernel's description.
     *
     * @param system with a folder {@code nodeN} for each NUMA node
     * @param process lines of {@code /proc/self/status}
     */
    static Banks read(Path system, List<String> process) throws IOException {
        Set<Integer> allowed = process.stream()
                .filter(line -> line.startsWith(ALLOWED))
                .findFirst()
                .map(line -> cores(line.substring(ALLOWED.length())))
                .orElseThrow(() -> new IOException("no " + ALLOWED));
        List<Bank> banks = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(system, FOLDER + "[0-9]*")) {
            for (Path folder : folders) {
                Set<Integer> cores = cores(Files.readString(folder.resolve("cpulist")));
                cores.retainAll(allowed);
                if (!cores.isEmpty()) {
                    int number =
                            Integer.parseInt(folder.getFileName().toString().substring(FOLDER.length()));
                    banks.add(new Bank(number, List.copyOf(cores)));
                }
            }
        }
        banks.sort(Comparator.comparingInt(Bank::number));
        return banks.size() < 2 ? ONE : new Banks(banks);
    }

    /** Of a list such as {@code 0-3,8,10-11}. */
    static Set<Integer> cores(String list) {
        Set<Integer> cores = new TreeSet<>();
        for (String range : list.strip().split(",", -1)) {
            if (!range.isBlank()) {
                String[] ends = range.strip().split("-", 2);
                int first = Integer.parseInt(ends[0]);
                int last = Integer.parseInt(ends[ends.length - 1]);
                for (int core = first; core <= last; core++) {
                    cores.add(core);
                }
            }
        }
        return cores;
    }

    /** How many there are. */
    public int count() {
        return all.size();
    }

    /** Those that get one of so many threads, so that no memory is used that nobody works beside. */
    public Banks besideThreads(int threads) {
        List<Bank> served = IntStream.range(0, threads)
                .map(thread -> ofThread(thread, threads))
                .distinct()
                .mapToObj(all::get)
                .toList();
        return served.size() < 2 ? ONE : new Banks(served);
    }

    /** How much of the chunks a bank should have, beside what others should: so many cores are there. */
    public int weight(int bank) {
        return Math.max(1, all.get(bank).cores().size());
    }

    /** The bank beside which one of so many threads is to work, so that each core has about as many. */
    public int ofThread(int thread, int threads) {
        List<Integer> bankOfCore = new ArrayList<>();
        for (int bank = 0; bank < all.size(); bank++) {
            bankOfCore.addAll(Collections.nCopies(weight(bank), bank));
        }
        return bankOfCore.get((int) ((long) thread * bankOfCore.size() / threads));
    }

    /**
     * From now on the calling thread, a platform thread, runs beside that bank; nothing happens if there is only one, or
     * if it has no cores.
     */
    public void pinThread(int bank) {
        if (canPin(bank)) {
            NumaCalls.runOn(all.get(bank).cores());
        }
    }

    /**
     * Memory that nobody has touched yet is to come from that bank, as long as it has some. Only what begins at a huge
     * page's start, as large chunks do, is worth it; nothing happens to other memory, and nothing where no thread is pinned.
     */
    public void placeMemory(long address, long bytes, int bank) {
        if (canPin(bank) && address % HUGE_PAGE_BYTES == 0) {
            NumaCalls.prefer(address, bytes, all.get(bank).number());
        }
    }

    /** A bank without cores is none of the kernel's NUMA nodes. */
    private boolean canPin(int bank) {
        return count() > 1 && !all.get(bank).cores().isEmpty();
    }
}
