package org.morphogen.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.deploy.TestScript;
import org.morphogen.deploy.demo.ChainChoice.Chosen;
import org.morphogen.deploy.demo.ChainChoice.Wish;
import org.morphogen.deploy.ethereum.AnvilInstall;
import org.morphogen.deploy.genesis.RecordedBlocks;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.transport.Endpoint;

/** Which chain the demo takes when there is no live one. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ChainChoiceTest {
    private static final Endpoint NOWHERE = new Endpoint("127.0.0.1", 1);

    @TempDir
    private Path folder = Path.of("");

    @Test
    void recordedBlocksNeedNoNpm() throws IOException {
        Chosen chosen = open(Wish.RECORDED, Optional.empty());
        assertThat(chosen.why()).isEmpty();
        assertThat(folder.resolve("npm-was-run")).doesNotExist();
        DemoChain chain = chosen.chain();
        assertThat(chain.setting()).startsWith("blockFile: ");
        assertThat(chain.base()).isEqualTo(RecordedBlocks.BASE);
        assertThat(chain.changed()).hasSizeGreaterThan(1).contains(chain.watched());
        for (String address : chain.changed()) {
            assertThat(chain.balance(address, chain.last()))
                    .isPresent()
                    .isNotEqualTo(chain.balance(address, (chain.base().number() + chain.last()) / 2));
        }
        assertThat(chain.balance(
                        "0x5abfec25f74cd88437631a7731906932776356f9",
                        chain.base().number()))
                .contains(new BigInteger("11901484239480000000000000"));
    }

    @Test
    void recordedBlocksStandInForALiveNodeAndItIsToldWhy() throws IOException {
        Chosen chosen = open(Wish.AUTO, Optional.empty());
        assertThat(chosen.why()).contains("npm cannot install").contains("code EOFFLINE");
        assertThat(chosen.chain().setting()).startsWith("blockFile: ");
        assertThat(folder.resolve("npm-was-run")).exists();
    }

    @Test
    void aProgramThatDoesNotComeUpIsNoLiveNode() throws IOException {
        Path anvil = TestScript.write(folder.resolve("anvil"), "echo cannot be used here; exit 3");
        Chosen chosen = open(Wish.AUTO, Optional.of(anvil));
        assertThat(chosen.why()).contains("anvil does not come up: cannot be used here");
        assertThat(chosen.chain().setting()).startsWith("blockFile: ");
        assertThat(folder.resolve("npm-was-run")).doesNotExist();
    }

    @Test
    void aNodeThatHasNoBlockIsNoLiveNode() throws IOException {
        Path anvil = TestScript.write(folder.resolve("anvil"), "exec sleep 50");
        HttpServer node = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        byte[] nothing = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":null}".getBytes(StandardCharsets.UTF_8);
        node.createContext("/", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, nothing.length);
                exchange.getResponseBody().write(nothing);
            }
        });
        node.start();
        try {
            Chosen chosen = open(
                    Wish.AUTO,
                    Optional.of(anvil),
                    new Endpoint("127.0.0.1", node.getAddress().getPort()));
            assertThat(chosen.why()).contains("anvil does not tell its block latest");
            assertThat(chosen.chain().setting()).startsWith("blockFile: ");
        } finally {
            node.stop(0);
        }
    }

    @Test
    void aProgramIsAFileEvenIfItsNameHasNoSlash() throws IOException {
        Path anvil = Path.of("true");
        Chosen chosen = open(Wish.AUTO, Optional.of(anvil));
        assertThat(chosen.why())
                .as("not the program of that name in PATH")
                .contains(anvil.toAbsolutePath() + ": not found");
    }

    @Test
    void whatIsAskedForIsNotReplaced() {
        assertThatThrownBy(() -> open(Wish.LIVE, Optional.empty()))
                .isInstanceOfSatisfying(
                        MorphogenException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(FailureReason.UNAVAILABLE));
    }

    private Chosen open(Wish wish, Optional<Path> anvil) throws IOException {
        return open(wish, anvil, NOWHERE);
    }

    private Chosen open(Wish wish, Optional<Path> anvil, Endpoint listen) throws IOException {
        Path npm = TestScript.write(
                folder.resolve("npm"),
                "touch %s; echo npm error code EOFFLINE; exit 1".formatted(folder.resolve("npm-was-run")));
        try (ChainChoice choice = new ChainChoice(wish, anvil, new AnvilInstall(npm.toString()))) {
            return choice.open(Files.createDirectory(folder.resolve("demo")), () -> listen);
        }
    }
}
