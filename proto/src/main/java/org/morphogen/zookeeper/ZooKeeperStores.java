package org.morphogen.zookeeper;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.zookeeper.common.X509Exception;
import org.apache.zookeeper.common.X509Util;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/**
 * Reads the PEM files of {@link ZooKeeperSettings} as ZooKeeper's client will. The client itself would only go on trying
 * to connect, and its log would not name the file.
 */
final class ZooKeeperStores {
    private static final String NO_PASSWORD = "";

    private ZooKeeperStores() {}

    /** Fails with SETTINGS_INVALID naming the setting and the file. */
    static void requireUsable(Path keyStore, Path trustStore) {
        requireReadable("keyStore", keyStore);
        requireReadable("trustStore", trustStore);
        try {
            X509Util.createKeyManager(keyStore.toString(), NO_PASSWORD, "PEM");
        } catch (X509Exception | RuntimeException broken) {
            throw invalid("keyStore", keyStore + " is no PEM file with a certificate and its PKCS#8 key", broken);
        }
        try {
            X509Util.createTrustManager(
                    trustStore.toString(), NO_PASSWORD, "PEM", false, false, true, true, false, false);
        } catch (X509Exception | RuntimeException broken) {
            throw invalid("trustStore", trustStore + " is no PEM file of certificates", broken);
        }
    }

    private static void requireReadable(String setting, Path file) {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new MorphogenException(
                    FailureReason.SETTINGS_INVALID,
                    "zookeeper." + setting + ": there is no readable file " + file + ".");
        }
    }

    private static MorphogenException invalid(String setting, String what, Exception cause) {
        return new MorphogenException(
                FailureReason.SETTINGS_INVALID, "zookeeper." + setting + ": " + what + ".", Map.of(), cause);
    }
}
