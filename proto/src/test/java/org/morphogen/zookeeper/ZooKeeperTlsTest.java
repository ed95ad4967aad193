package org.morphogen.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.server.NettyServerCnxnFactory;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.auth.X509AuthenticationProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.transport.Endpoint;

/** A ZooKeeper server that takes nothing but TLS, and only from the one client that it trusts. */
@Timeout(60)
final class ZooKeeperTlsTest {
    private static final Map<String, String> BEFORE = new HashMap<>();

    @TempDir
    private static Path folder;

    private static PemIdentity process;
    private static PemIdentity stranger;
    private static PemIdentity ensemble;
    private static ServerCnxnFactory server;

    @BeforeAll
    static void start() throws Exception {
        process = PemIdentity.make(folder, "process");
        stranger = PemIdentity.make(folder, "stranger");
        ensemble = PemIdentity.make(folder, "ensemble");
        // ZooKeeper's server takes its own stores from nowhere else. The client under test must not use them.
        property("zookeeper.serverCnxnFactory", NettyServerCnxnFactory.class.getName());
        property("zookeeper.ssl.keyStore.location", ensemble.keyStore().toString());
        property("zookeeper.ssl.keyStore.type", "PEM");
        property("zookeeper.ssl.trustStore.location", process.certificate().toString());
        property("zookeeper.ssl.trustStore.type", "PEM");
        property("zookeeper.authProvider.x509", X509AuthenticationProvider.class.getName());
        Path data = Files.createDirectory(folder.resolve("data"));
        server = ServerCnxnFactory.createFactory();
        server.configure(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10, -1, true);
        server.startup(new ZooKeeperServer(data.toFile(), data.toFile(), 200));
    }

    @AfterAll
    static void stop() {
        server.shutdown();
        BEFORE.forEach((name, value) -> {
            if (value.isEmpty()) {
                System.clearProperty(name);
            } else {
                System.setProperty(name, value);
            }
        });
    }

    @Test
    void aProcessWithTheRightStoresIsServed() throws Exception {
        try (CuratorFramework client = ZooKeeperConnection.open(settings(process.keyStore(), ensemble.certificate()))) {
            client.create().forPath("/served", new byte[] {7});

            assertThat(client.getData().forPath("/served")).containsExactly(7);
        }
    }

    @Test
    void aProcessThatTheServerDoesNotTrustIsNot() throws Exception {
        assertNotServed(settings(stranger.keyStore(), ensemble.certificate()));
    }

    @Test
    void aServerThatTheProcessDoesNotTrustIsNotTalkedTo() throws Exception {
        assertNotServed(settings(process.keyStore(), stranger.certificate()));
    }

    @Test
    void plainTextIsNotServed() throws Exception {
        assertNotServed(new ZooKeeperSettings(
                List.of(new Endpoint("localhost", server.getLocalPort())),
                Duration.ofSeconds(2),
                Optional.empty(),
                Optional.empty()));
    }

    @Test
    void filesThatAreNotThereAreNamed() {
        Path missing = folder.resolve("missing.pem");

        assertThat(refusal(settings(missing, ensemble.certificate()))).hasMessageContaining("keyStore: there is no");
        assertThat(refusal(settings(process.keyStore(), missing)))
                .hasMessageContaining("trustStore: there is no")
                .hasMessageContaining("missing.pem");
    }

    @Test
    void filesThatHoldSomethingElseAreNamed() throws Exception {
        Path garbage = Files.writeString(folder.resolve("garbage.pem"), "garbage");

        assertThat(refusal(settings(garbage, ensemble.certificate()))).hasMessageContaining("garbage.pem");
        assertThat(refusal(settings(process.keyStore(), garbage))).hasMessageContaining("garbage.pem");
        assertThat(refusal(settings(process.certificate(), ensemble.certificate())))
                .as("a certificate without its key")
                .hasMessageContaining("process.pem");
    }

    private static MorphogenException refusal(ZooKeeperSettings settings) {
        MorphogenException refusal = catchThrowableOfType(
                MorphogenException.class,
                () -> ZooKeeperConnection.open(settings).close());
        assertThat(refusal).isNotNull();
        assertThat(refusal.reason()).isEqualTo(FailureReason.SETTINGS_INVALID);
        return refusal;
    }

    private static void assertNotServed(ZooKeeperSettings settings) throws InterruptedException {
        try (CuratorFramework client = ZooKeeperConnection.open(settings)) {
            assertThat(client.blockUntilConnected(2, TimeUnit.SECONDS)).isFalse();
        }
    }

    private static ZooKeeperSettings settings(Path keyStore, Path trustStore) {
        return new ZooKeeperSettings(
                List.of(new Endpoint("localhost", server.getLocalPort())),
                Duration.ofSeconds(2),
                Optional.of(keyStore),
                Optional.of(trustStore));
    }

    private static void property(String name, String value) {
        BEFORE.put(name, System.getProperty(name, ""));
        System.setProperty(name, value);
    }
}
