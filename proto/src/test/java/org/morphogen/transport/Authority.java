package org.morphogen.transport;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Signs certificates for tests. */
final class Authority {
    private static final AtomicLong SERIAL = new AtomicLong(1);

    private final Path folder;
    private final String name;
    private final KeyPair keys;
    private final X509Certificate certificate;

    /** A new authority, which writes its files into the folder. */
    Authority(Path folder, String name) throws GeneralSecurityException, IOException, OperatorCreationException {
        this.folder = folder;
        this.name = name;
        this.keys = newKeys();
        this.certificate = sign(name, keys, Optional.empty());
        write(certificateFile(), certificate);
    }

    /** Its own certificate, PEM. */
    Path certificateFile() {
        return folder.resolve(name + ".pem");
    }

    /** TLS material of a process at that address, with this authority to check others by. */
    TlsSettings issue(String process, String address)
            throws GeneralSecurityException, IOException, OperatorCreationException {
        KeyPair processKeys = newKeys();
        Path certificateFile = folder.resolve(process + ".pem");
        Path keyFile = folder.resolve(process + ".key");
        write(certificateFile, sign(process, processKeys, Optional.of(address)));
        write(keyFile, new JcaPKCS8Generator(processKeys.getPrivate(), null));
        return new TlsSettings(Optional.of(certificateFile), Optional.of(keyFile), Optional.of(certificateFile()));
    }

    private X509Certificate sign(String subject, KeyPair subjectKeys, Optional<String> address)
            throws GeneralSecurityException, IOException, OperatorCreationException {
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                new X500Name("CN=" + name),
                BigInteger.valueOf(SERIAL.getAndIncrement()),
                Date.from(now.minus(1, ChronoUnit.HOURS)),
                Date.from(now.plus(1, ChronoUnit.DAYS)),
                new X500Name("CN=" + subject),
                subjectKeys.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(address.isEmpty()));
        if (address.isPresent()) {
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.iPAddress, address.get())));
        }
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    }

    private static KeyPair newKeys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static void write(Path file, Object pem) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(pem);
        }
        Files.writeString(file, text.toString());
    }
}
