package org.morphogen.coordinator.feed;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.morphogen.snapshot.BlockInfo;

/** Made-up chains: a block is known by its number and the letter of its branch. */
public final class Chains {
    private Chains() {}

    /**
     * A made-up block with its trace.
     *
     * @param trace as a node sends it
     * @param withdrawals a JSON array
     */
    public record Block(
            BlockInfo info, String parentHash, List<String> transactions, String trace, String withdrawals) {
        /** As a node sends it. */
        String json() {
            return fields() + ",\"timestamp\":\"0x" + Long.toHexString(timestamp(info.number()))
                    + "\",\"transactions\":"
                    + transactions.stream()
                            .collect(Collectors.joining("\",\"", "[\"", "\"]"))
                            .replace("\"\"", "")
                    + "}";
        }

        /** As a file holds it. */
        String line() {
            return fields() + ",\"diffs\":" + trace + "}\n";
        }

        private String fields() {
            return "{\"number\":\"0x" + Long.toHexString(info.number()) + "\",\"hash\":\"" + info.hash()
                    + "\",\"parentHash\":\"" + parentHash + "\",\"stateRoot\":\"" + info.stateRoot()
                    + "\",\"withdrawals\":" + withdrawals;
        }
    }

    public static BlockInfo info(char branch, long number) {
        return new BlockInfo(number, word(branch * 1_000_000L + number), word(branch * 2_000_000L + number));
    }

    /** When a block of that number was made, in seconds. */
    static long timestamp(long number) {
        return 1_700_000_000 + 12 * number;
    }

    static String word(long value) {
        return String.format("0x%064x", value);
    }

    public static String address(long value) {
        return String.format("0x%040x", value);
    }

    /** Blocks {@code from} to {@code to} of a branch, the first of them upon that parent. */
    public static List<Block> branch(char branch, BlockInfo parent, long to) {
        List<Block> blocks = new ArrayList<>();
        String parentHash = parent.hash();
        for (long number = parent.number() + 1; number <= to; number++) {
            BlockInfo info = info(branch, number);
            blocks.add(new Block(info, parentHash, List.of(word(number)), transfer(branch, number), "[]"));
            parentHash = info.hash();
        }
        return blocks;
    }

    /** One transaction that sets the balance of account {@code number} to the branch's letter. */
    private static String transfer(char branch, long number) {
        String address = address(number);
        return "[{\"result\":{\"post\":{\"" + address + "\":{\"balance\":\"0x" + Integer.toHexString(branch)
                + "\"}},\"pre\":{\"" + address + "\":{\"balance\":\"0x0\"}}},\"txHash\":\"" + word(number) + "\"}]";
    }

    public static List<Block> joined(List<Block> first, List<Block> second) {
        List<Block> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    static List<BlockInfo> infos(char branch, int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(n -> info(branch, n)).toList();
    }
}
