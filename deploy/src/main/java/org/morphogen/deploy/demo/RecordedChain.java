package org.morphogen.deploy.demo;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.morphogen.deploy.genesis.MainnetGenesis;
import org.morphogen.deploy.genesis.RecordedBalances;
import org.morphogen.deploy.genesis.RecordedBlocks;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.snapshot.BlockInfo;

/** The recorded blocks that this program carries. Immutable. */
final class RecordedChain implements DemoChain {
    private static final int CHANGED = 3;

    private final Path file;
    private final RecordedBalances recorded;
    private final Map<String, BigInteger> genesis;
    private final List<String> changed;

    /** Writes the blocks into that folder; fails with STORAGE_FAILED. */
    RecordedChain(Path folder) {
        this.file = folder.resolve("blocks.jsonl");
        try {
            RecordedBlocks.write(file);
            this.recorded = RecordedBalances.read();
            this.genesis = MainnetGenesis.balances();
        } catch (IOException failed) {
            throw new MorphogenException(
                    FailureReason.STORAGE_FAILED, "Cannot write into " + folder + ".", Map.of(), failed);
        }
        long middle = (base().number() + last()) / 2;
        this.changed = recorded.touched().stream()
                .filter(address -> recorded.after(middle, address).isPresent())
                .filter(address -> !recorded.after(middle, address).equals(recorded.after(last(), address)))
                .limit(CHANGED)
                .toList();
    }

    @Override
    public BlockInfo base() {
        return RecordedBlocks.BASE;
    }

    @Override
    public long last() {
        return RecordedBlocks.LAST;
    }

    @Override
    public String setting() {
        return "blockFile: \"" + file + "\"";
    }

    @Override
    public String description() {
        return (last() - base().number()) + " blocks recorded from an Ethereum node";
    }

    @Override
    public Optional<LiveNode> node() {
        return Optional.empty();
    }

    @Override
    public void begin() {
        // They are there.
    }

    @Override
    public String watched() {
        return changed.getLast();
    }

    @Override
    public List<String> changed() {
        return changed;
    }

    @Override
    public Optional<BigInteger> balance(String address, long block) {
        return recorded.after(block, address).or(() -> Optional.ofNullable(genesis.get(address)));
    }

    @Override
    public void requireHealthy() {
        // A file does not fall ill.
    }

    @Override
    public void close() {
        // The folder's owner removes the file.
    }
}
