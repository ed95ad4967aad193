package org.morphogen.zookeeper;

import java.nio.file.Path;
import java.util.stream.Collectors;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.BoundedExponentialBackoffRetry;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.ClientX509Util;
import org.apache.zookeeper.common.X509Util;
import org.morphogen.transport.Endpoint;

/** The one place that opens a connection to ZooKeeper. */
public final class ZooKeeperConnection {
    private static final int CONNECT_TIMEOUT_MILLIS = 5_000;
    private static final int FIRST_RETRY_MILLIS = 100;
    private static final int LONGEST_RETRY_MILLIS = 2_000;
    private static final int RETRIES = 10;

    private ZooKeeperConnection() {}

    /**
     * A started client that connects in the background and whenever the connection is lost; close it when done. Fails
     * with SETTINGS_INVALID when keyStore or trustStore cannot be used.
     */
    public static CuratorFramework open(ZooKeeperSettings settings) {
        int sessionTimeoutMillis = (int) settings.sessionTimeout().toMillis();
        CuratorFramework client = CuratorFrameworkFactory.builder()
                .connectString(
                        settings.servers().stream().map(Endpoint::toString).collect(Collectors.joining(",")))
                .sessionTimeoutMs(sessionTimeoutMillis)
                .connectionTimeoutMs(Math.min(CONNECT_TIMEOUT_MILLIS, sessionTimeoutMillis))
                .retryPolicy(new BoundedExponentialBackoffRetry(FIRST_RETRY_MILLIS, LONGEST_RETRY_MILLIS, RETRIES))
                .dontUseContainerParents()
                .zkClientConfig(clientConfig(settings))
                .build();
        client.start();
        return client;
    }

    private static ZKClientConfig clientConfig(ZooKeeperSettings settings) {
        ZKClientConfig config = new ZKClientConfig();
        if (settings.keyStore().isPresent() && settings.trustStore().isPresent()) {
            ZooKeeperStores.requireUsable(
                    settings.keyStore().get(), settings.trustStore().get());
            config.setProperty(ZKClientConfig.SECURE_CLIENT, "true");
            config.setProperty(
                    ZKClientConfig.ZOOKEEPER_CLIENT_CNXN_SOCKET, "org.apache.zookeeper.ClientCnxnSocketNetty");
            try (X509Util names = new ClientX509Util()) {
                pem(
                        config,
                        names.getSslKeystoreLocationProperty(),
                        names.getSslKeystoreTypeProperty(),
                        settings.keyStore().get());
                pem(
                        config,
                        names.getSslTruststoreLocationProperty(),
                        names.getSslTruststoreTypeProperty(),
                        settings.trustStore().get());
            }
        }
        return config;
    }

    private static void pem(ZKClientConfig config, String location, String type, Path file) {
        config.setProperty(location, file.toString());
        config.setProperty(type, "PEM");
    }
}
