package org.morphogen.zookeeper;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.morphogen.settings.Setting;
import org.morphogen.transport.Endpoint;

/**
 * How to reach the party's ZooKeeper ensemble.
 *
 * @param servers one server or more, each with a port; with TLS by the DNS names in their certificates, since
 *     ZooKeeper's client looks an address's name up and checks the certificate for that
 * @param sessionTimeout silence after which ZooKeeper counts a process as dead; 2 s to 2 min
 * @param keyStore certificate and key of this process in one PEM file
 * @param trustStore certificates that sign the servers', PEM; set together with keyStore, needed beyond loopback
 */
public record ZooKeeperSettings(
        @Setting("ZooKeeper servers of this party.") List<Endpoint> servers,

        @Setting(value = "Silence after which a process counts as dead.", byDefault = "10s")
        Duration sessionTimeout,

        @Setting("Certificate and key of this process in one PEM file; turns TLS on.")
        Optional<Path> keyStore,

        @Setting("Certificates that sign the servers', PEM.")
        Optional<Path> trustStore) {

    private static final Duration SHORTEST = Duration.ofSeconds(2);
    private static final Duration LONGEST = Duration.ofMinutes(2);

    public ZooKeeperSettings {
        servers = List.copyOf(servers);
        if (servers.isEmpty()) {
            throw new IllegalArgumentException("servers: name at least one");
        }
        if (servers.stream().anyMatch(server -> server.port() == 0)) {
            throw new IllegalArgumentException("servers: port 0 is no port to call");
        }
        if (sessionTimeout.compareTo(SHORTEST) < 0 || sessionTimeout.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("sessionTimeout: 2s to 2min are possible");
        }
        if (keyStore.isPresent() != trustStore.isPresent()) {
            throw new IllegalArgumentException("keyStore and trustStore go together; set both or neither");
        }
        if (keyStore.isEmpty() && !servers.stream().allMatch(Endpoint::isLoopback)) {
            throw new IllegalArgumentException(
                    "servers: plain text may not leave the machine; set keyStore and trustStore, or use 127.0.0.1");
        }
    }
}
