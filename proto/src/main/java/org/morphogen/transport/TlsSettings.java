package org.morphogen.transport;

import java.nio.file.Path;
import java.util.Optional;
import org.morphogen.settings.Setting;

/**
 * TLS material, PEM files.
 *
 * @param certificate this process's certificate chain; a server needs it, and a client that calls party-only services
 * @param privateKey the certificate's key, PKCS#8
 * @param trusted certificates that sign the other side's; absent means the JDK's own trusted roots for a client, and
 *     no party-only calls for a server
 * @param publicTrust whether a client without material speaks TLS all the same, trusting the JDK's own roots
 */
public record TlsSettings(
        @Setting("Certificate chain of this process, PEM.") Optional<Path> certificate,

        @Setting("Private key of the certificate, PEM, PKCS#8.")
        Optional<Path> privateKey,

        @Setting("Certificates that sign the party's own processes, PEM.")
        Optional<Path> trusted,

        @Setting(value = "For clients: speak TLS without own material, trusting what Java trusts.", byDefault = "false")
        boolean publicTrust) {

    /** No material: plain text, which only loopback allows. */
    public static final TlsSettings NONE = new TlsSettings(Optional.empty(), Optional.empty(), Optional.empty());

    /** Material of one's own, if any. */
    public TlsSettings(Optional<Path> certificate, Optional<Path> privateKey, Optional<Path> trusted) {
        this(certificate, privateKey, trusted, false);
    }

    public TlsSettings {
        if (publicTrust && trusted.isPresent()) {
            throw new IllegalArgumentException("publicTrust and trusted exclude each other; set one");
        }
        if (certificate.isPresent() != privateKey.isPresent()) {
            throw new IllegalArgumentException("certificate and privateKey go together; set both or neither");
        }
    }

    /** Whether this means plain text. */
    public boolean isEmpty() {
        return certificate.isEmpty() && trusted.isEmpty() && !publicTrust;
    }
}
