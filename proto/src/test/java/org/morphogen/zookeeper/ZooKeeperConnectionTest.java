package org.morphogen.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.transport.Endpoint;

@Timeout(60)
final class ZooKeeperConnectionTest {
    private static final Duration SESSION = Duration.ofSeconds(2);

    @TempDir
    private Path folder;

    @Test
    void keepsARecordAndLosesTheEphemeralOneWithTheConnection() throws Exception {
        ClusterPaths paths = new ClusterPaths(0);
        RecordCodec<NodeRegistration> codec = new RecordCodec<>(NodeRegistration.class);
        NodeRegistration node = new NodeRegistration("a", "127.0.0.1:1", 7);
        ServerCnxnFactory server = startServer(0);
        try (CuratorFramework watching = ZooKeeperConnection.open(settings(server.getLocalPort()))) {
            try (CuratorFramework dying = ZooKeeperConnection.open(settings(server.getLocalPort()))) {
                dying.create()
                        .creatingParentsIfNeeded()
                        .withMode(CreateMode.EPHEMERAL)
                        .forPath(paths.node("a"), codec.encode(node));

                assertThat(codec.decode(paths.node("a"), watching.getData().forPath(paths.node("a"))))
                        .isEqualTo(node);
            }
            await().until(() -> watching.checkExists().forPath(paths.node("a")) == null);
            assertThat(watching.checkExists().forPath(paths.nodes())).isNotNull();
        } finally {
            server.shutdown();
        }
    }

    @Test
    void connectsAgainWhenTheServerComesBack() throws Exception {
        ServerCnxnFactory server = startServer(0);
        int port = server.getLocalPort();
        try (CuratorFramework client = ZooKeeperConnection.open(settings(port))) {
            client.create().forPath("/a", new byte[] {1});
            server.shutdown();

            server = startServer(port);

            assertThat(client.getData().forPath("/a")).containsExactly(1);
        } finally {
            server.shutdown();
        }
    }

    @Test
    void opensWithoutWaitingForAServer() throws Exception {
        try (CuratorFramework client = ZooKeeperConnection.open(settings(1))) {
            assertThat(client.blockUntilConnected(10, TimeUnit.MILLISECONDS)).isFalse();
        }
    }

    @Test
    void settingsAreChecked() {
        List<Endpoint> local = List.of(new Endpoint("127.0.0.1", 1));
        List<Endpoint> remote = List.of(new Endpoint("127.0.0.1", 1), new Endpoint("zk.example", 1));
        Optional<Path> file = Optional.of(Path.of("x.pem"));
        Optional<Path> none = Optional.empty();

        assertThatThrownBy(() -> new ZooKeeperSettings(List.of(), SESSION, none, none))
                .hasMessageContaining("name at least one");
        assertThatThrownBy(() -> new ZooKeeperSettings(local, Duration.ofMillis(1999), none, none))
                .hasMessageContaining("sessionTimeout");
        assertThatThrownBy(() -> new ZooKeeperSettings(local, Duration.ofSeconds(121), none, none))
                .hasMessageContaining("sessionTimeout");
        assertThatThrownBy(() -> new ZooKeeperSettings(local, SESSION, file, none))
                .hasMessageContaining("go together");
        assertThatThrownBy(() -> new ZooKeeperSettings(remote, SESSION, none, none))
                .hasMessageContaining("plain text may not leave the machine");
        assertThat(new ZooKeeperSettings(remote, SESSION, file, file).servers()).isEqualTo(remote);
    }

    private ServerCnxnFactory startServer(int port) throws Exception {
        ZooKeeperServer zooKeeper = new ZooKeeperServer(folder.toFile(), folder.toFile(), 200);
        zooKeeper.setMinSessionTimeout(400);
        NIOServerCnxnFactory factory = new NIOServerCnxnFactory();
        factory.configure(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10);
        factory.startup(zooKeeper);
        return factory;
    }

    private static ZooKeeperSettings settings(int port) {
        return new ZooKeeperSettings(
                List.of(new Endpoint("127.0.0.1", port)), SESSION, Optional.empty(), Optional.empty());
    }
}
