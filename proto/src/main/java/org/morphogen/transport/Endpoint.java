package org.morphogen.transport;

import java.util.regex.Pattern;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/**
 * A host and a TCP port.
 *
 * @param host a DNS name, an IPv4 address, or an IPv6 address without brackets
 * @param port 0 to 65535; 0 is only for listening and takes any free port
 */
public record Endpoint(String host, int port) {
    private static final int MAX_PORT = 65_535;
    /** Numbers over 255 would make it a name, which is looked up. */
    private static final Pattern LOOPBACK_V4 = Pattern.compile("127(\\.(25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}");

    public Endpoint {
        if (host.isBlank() || !host.equals(host.strip()) || host.indexOf('/') >= 0) {
            throw new IllegalArgumentException("'" + host + "' is not a host name or address");
        }
        if (port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("port " + port + " is not between 0 and " + MAX_PORT);
        }
    }

    /** Reads {@code host:port} or {@code [v6]:port}; fails with SETTINGS_INVALID. */
    public static Endpoint parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            host = "";
        }
        String port = text.substring(colon + 1);
        try {
            return new Endpoint(host, port.matches("\\d{1,5}") ? Integer.parseInt(port) : -1);
        } catch (IllegalArgumentException wrong) {
            throw new MorphogenException(
                    FailureReason.SETTINGS_INVALID, "'" + text + "' is not host:port, e.g. 127.0.0.1:7100.");
        }
    }

    /**
     * Whether traffic to this host cannot leave the machine: a literal loopback address or {@code localhost}. No name
     * is looked up, so a name that happens to resolve to loopback does not count.
     */
    public boolean isLoopback() {
        return host.equals("localhost")
                || host.equals("::1")
                || LOOPBACK_V4.matcher(host).matches();
    }

    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
}
