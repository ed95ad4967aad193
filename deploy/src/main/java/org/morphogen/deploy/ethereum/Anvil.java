package org.morphogen.deploy.ethereum;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.morphogen.deploy.genesis.MainnetGenesis;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.snapshot.BlockInfo;
import org.morphogen.transport.Endpoint;

/**
 * A running anvil, foundry's Ethereum node, on mainnet's genesis state. It makes a block when told, takes transactions
 * of any account without its key, and ends with this JVM, however that ends. Thread-safe.
 */
public final class Anvil implements AutoCloseable {
    private static final Duration START_TIME = Duration.ofSeconds(20);
    private static final int END_SECONDS = 10;
    private static final int POLL_MILLIS = 20;
    private static final int HEX = 16;

    /** Runs a program until it ends or the process $1 has: anvil itself does not see that its owner is gone. */
    private static final String GUARD = """
            owner=$1
            shift
            "$@" &
            node=$!
            trap 'kill $node 2>/dev/null; wait $node; exit 0' TERM INT HUP
            while kill -0 $owner 2>/dev/null && kill -0 $node 2>/dev/null; do
                sleep 1 &
                wait $!
            done
            kill $node 2>/dev/null
            wait $node
            """;

    private final Process guard;
    private final URI url;
    private final NodeCalls calls;

    private Anvil(Process guard, URI url) {
        this.guard = guard;
        this.url = url;
        this.calls = new NodeCalls(url);
    }

    /**
     * Starts it, and waits until it has made block 1, whose state is that of mainnet's block 0. Fails with UNAVAILABLE
     * when it does not come up.
     *
     * @param program anvil's file
     * @param folder of its own, for what it writes
     * @param listen on loopback
     */
    public static Anvil start(Path program, Path folder, Endpoint listen) {
        Path log = folder.resolve("anvil.log");
        Anvil anvil;
        try {
            Files.createDirectories(folder);
            Path genesis = folder.resolve("genesis.json");
            GenesisFile.write(genesis);
            Process guard = new ProcessBuilder(command(program, folder, genesis, listen))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            anvil = new Anvil(guard, URI.create("http://" + listen));
            guard.getOutputStream().close();
        } catch (IOException failed) {
            throw new MorphogenException(
                    FailureReason.STORAGE_FAILED, "Cannot start " + program + " in " + folder + ".", Map.of(), failed);
        }
        try {
            anvil.awaitAnswer(log);
            anvil.call("anvil_autoImpersonateAccount", true);
            requireGenesis(anvil.mine());
            return anvil;
        } catch (RuntimeException failed) {
            anvil.close();
            throw failed;
        }
    }

    private static List<String> command(Path program, Path folder, Path genesis, Endpoint listen) {
        return List.of(
                "sh",
                "-c",
                GUARD,
                "anvil-guard",
                Long.toString(ProcessHandle.current().pid()),
                // Absolute: a name alone would be looked up in PATH.
                program.toAbsolutePath().toString(),
                "--accounts=0",
                "--disable-default-create2-deployer",
                "--hardfork=london",
                "--chain-id=1",
                "--no-mining",
                "--order=fifo",
                "--silent",
                "--init=" + genesis,
                "--cache-path=" + folder.resolve("states"),
                "--host=" + listen.host(),
                "--port=" + listen.port());
    }

    private void awaitAnswer(Path log) {
        long endNanos = System.nanoTime() + START_TIME.toNanos();
        while (true) {
            try {
                call("eth_chainId");
                return;
            } catch (MorphogenException notYet) {
                if (!guard.isAlive() || System.nanoTime() > endNanos) {
                    throw new MorphogenException(
                            FailureReason.UNAVAILABLE, "anvil does not come up: " + lastLine(log), Map.of(), notYet);
                }
            }
            pause();
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new MorphogenException(FailureReason.UNAVAILABLE, "Interrupted while anvil comes up.");
        }
    }

    private static String lastLine(Path log) {
        try (var lines = Files.lines(log, StandardCharsets.UTF_8)) {
            return lines.filter(line -> !line.isBlank()).reduce("no answer", (_, last) -> last);
        } catch (IOException unreadable) {
            return "no answer";
        }
    }

    /** Of block 1: block 0 does not tell its state root. */
    private static void requireGenesis(BlockInfo base) {
        if (!base.stateRoot().equals(MainnetGenesis.BLOCK.stateRoot())) {
            throw new MorphogenException(
                    FailureReason.UNAVAILABLE,
                    "anvil made state root " + base.stateRoot() + " of the genesis state. Is it another version?");
        }
    }

    /** Id of a process that ends when the node has. */
    public long pid() {
        return guard.pid();
    }

    /** Where it answers JSON-RPC. */
    public URI url() {
        return url;
    }

    /** Block 1, whose state is mainnet's genesis state. */
    public BlockInfo base() {
        return block(hex(1));
    }

    /** The result of a JSON-RPC call; fails with UNAVAILABLE. */
    public JsonNode call(String method, Object... params) {
        return calls.call(method, params);
    }

    /** Makes a block of the transactions that wait. */
    public BlockInfo mine() {
        call("evm_mine");
        return head();
    }

    /** The newest block. */
    public BlockInfo head() {
        return block("latest");
    }

    private BlockInfo block(String which) {
        JsonNode block = call("eth_getBlockByNumber", which, false);
        if (!block.hasNonNull("number") || !block.hasNonNull("hash") || !block.hasNonNull("stateRoot")) {
            throw new MorphogenException(FailureReason.UNAVAILABLE, "anvil does not tell its block " + which + ".");
        }
        return new BlockInfo(
                Long.decode(block.get("number").asText()),
                block.get("hash").asText(),
                block.get("stateRoot").asText());
    }

    /** Sends a transaction, which stands in the next block; gives its hash. */
    public String send(Map<String, String> fields) {
        return call("eth_sendTransaction", fields).asText();
    }

    /** The balance in wei after a block. */
    public BigInteger balance(String address, long block) {
        return quantity(call("eth_getBalance", address, hex(block)));
    }

    /** A number that the node wrote. */
    public static BigInteger quantity(JsonNode hex) {
        return new BigInteger(hex.asText().substring(2), HEX);
    }

    /** A number as the node reads it. */
    public static String hex(long number) {
        return "0x" + Long.toHexString(number);
    }

    /** Ends it; returns when it is gone. */
    @Override
    public void close() {
        calls.close();
        end(guard);
    }

    private static void end(Process guard) {
        List<ProcessHandle> below = guard.descendants().toList();
        guard.destroy();
        try {
            if (!guard.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                below.forEach(ProcessHandle::destroyForcibly);
                guard.destroyForcibly();
            }
        } catch (InterruptedException stopped) {
            below.forEach(ProcessHandle::destroyForcibly);
            guard.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
