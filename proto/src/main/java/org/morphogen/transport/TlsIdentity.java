package org.morphogen.transport;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks that a private key is the one of a certificate. BoringSSL takes any pair without a word, and then every
 * handshake fails in a way that names neither file.
 */
final class TlsIdentity {
    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final byte[] PROBE = "morphogen".getBytes(StandardCharsets.UTF_8);

    private TlsIdentity() {}

    /** An IllegalArgumentException tells that the two do not belong together, or are not what they should be. */
    static void requireMatch(Path certificate, Path privateKey) {
        try (InputStream in = Files.newInputStream(certificate)) {
            PublicKey known = CertificateFactory.getInstance("X.509")
                    .generateCertificate(in)
                    .getPublicKey();
            Matcher pem = PKCS8.matcher(Files.readString(privateKey));
            if (!pem.find()) {
                throw new IllegalArgumentException(privateKey + " is not a PKCS#8 private key in PEM form");
            }
            byte[] der = Base64.getMimeDecoder().decode(pem.group(1));
            if (!signs(
                    KeyFactory.getInstance(known.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(der)),
                    known)) {
                throw new IllegalArgumentException(privateKey + " is not the key of " + certificate);
            }
        } catch (GeneralSecurityException different) {
            throw new IllegalArgumentException(
                    privateKey + " is not the key of " + certificate + ", or one of them is broken", different);
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("cannot read " + certificate + " and " + privateKey, unreadable);
        }
    }

    private static boolean signs(PrivateKey key, PublicKey known) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(
                switch (known.getAlgorithm()) {
                    case "EC" -> "SHA256withECDSA";
                    case "RSA" -> "SHA256withRSA";
                    default -> known.getAlgorithm();
                });
        signature.initSign(key);
        signature.update(PROBE);
        byte[] signed = signature.sign();
        signature.initVerify(known);
        signature.update(PROBE);
        return signature.verify(signed);
    }
}
