package org.morphogen.deploy.demo;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.morphogen.deploy.ethereum.Anvil;
import org.morphogen.deploy.genesis.MainnetGenesis;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.snapshot.BlockInfo;
import org.morphogen.transport.Endpoint;

/** A live Ethereum node, which makes blocks of transfers between genesis accounts and to new ones. */
final class LiveChain implements DemoChain {
    private static final int BLOCKS = 12;
    private static final int TRANSFERS = 4;
    private static final Duration PACE = Duration.ofMillis(250);
    private static final BigInteger RICH = BigInteger.TEN.pow(21);
    private static final BigInteger MILLIETHER = BigInteger.TEN.pow(15);

    /** New accounts, which are paid in every block. */
    private static final List<String> PAYEES = List.of(
            "0x00000000000000000000000000000000000ace01",
            "0x00000000000000000000000000000000000ace02",
            "0x00000000000000000000000000000000000ace03");

    private final Anvil node;
    private final BlockInfo base;
    private final List<String> rich;
    private final Random random = new Random();
    private final Thread maker = Thread.ofPlatform().daemon().name("blocks").unstarted(this::makeBlocks);
    private volatile @Nullable RuntimeException failure;

    /**
     * Starts a node; fails with UNAVAILABLE when it does not come up.
     *
     * @param program anvil's file
     * @param folder of its own, for what it writes
     */
    LiveChain(Path program, Path folder, Endpoint listen) {
        this.node = Anvil.start(program, folder, listen);
        try {
            this.base = node.base();
            this.rich = MainnetGenesis.balances().entrySet().stream()
                    .filter(account -> account.getValue().compareTo(RICH) > 0)
                    .map(Map.Entry::getKey)
                    .toList();
        } catch (IOException | RuntimeException failed) {
            node.close();
            throw new MorphogenException(FailureReason.UNAVAILABLE, "no live node: " + failed.getMessage());
        }
    }

    private void makeBlocks() {
        try {
            for (int block = 0; block < BLOCKS; block++) {
                PAYEES.forEach(this::transfer);
                for (int i = 0; i < TRANSFERS; i++) {
                    transfer(i % 2 == 0 ? any() : fresh());
                }
                node.call("evm_mine");
                Thread.sleep(PACE);
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failed) {
            failure = failed;
        }
    }

    private void transfer(String to) {
        BigInteger wei = MILLIETHER.multiply(BigInteger.valueOf(1 + random.nextInt(1000)));
        node.send(Map.of(
                "from",
                any(),
                "to",
                to,
                "value",
                "0x" + wei.toString(16),
                "gas",
                "0x5208",
                "maxFeePerGas",
                "0x77359400",
                "maxPriorityFeePerGas",
                "0x3b9aca00"));
    }

    private String any() {
        return rich.get(random.nextInt(rich.size()));
    }

    private String fresh() {
        byte[] address = new byte[20];
        random.nextBytes(address);
        return "0x" + HexFormat.of().formatHex(address);
    }

    @Override
    public BlockInfo base() {
        return base;
    }

    @Override
    public long last() {
        return base.number() + BLOCKS;
    }

    @Override
    public String setting() {
        return "ethereumNode: \"" + node.url() + "\"";
    }

    @Override
    public String description() {
        return "a live Ethereum node, anvil";
    }

    @Override
    public Optional<LiveNode> node() {
        return Optional.of(new LiveNode(node.url().toString(), node.pid()));
    }

    @Override
    public void begin() {
        maker.start();
    }

    @Override
    public String watched() {
        return PAYEES.getFirst();
    }

    @Override
    public List<String> changed() {
        return PAYEES.subList(1, PAYEES.size());
    }

    @Override
    public Optional<BigInteger> balance(String address, long block) {
        return Optional.of(node.balance(address, block)).filter(wei -> wei.signum() > 0);
    }

    @Override
    public void requireHealthy() {
        RuntimeException failed = failure;
        if (failed != null) {
            throw new MorphogenException(
                    FailureReason.UNAVAILABLE, "The Ethereum node makes no more blocks.", Map.of(), failed);
        }
    }

    @Override
    public void close() {
        maker.interrupt();
        node.close();
    }
}
