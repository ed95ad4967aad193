package org.morphogen.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

@Timeout(60)
final class TransportTlsTest {
    private static final byte[] DATA = {4, 5, 6};

    @TempDir
    private static Path folder;

    private static Authority authority;
    private static TlsSettings member;
    private static TlsSettings foreigner;
    private static TlsSettings onlyTrusting;
    private static EchoServer server;

    @BeforeAll
    static void start() throws Exception {
        authority = new Authority(folder, "authority");
        Authority other = new Authority(folder, "other");
        member = authority.issue("member", "127.0.0.1");
        TlsSettings issuedByOther = other.issue("foreigner", "127.0.0.1");
        foreigner = new TlsSettings(
                issuedByOther.certificate(), issuedByOther.privateKey(), Optional.of(authority.certificateFile()));
        onlyTrusting = trusting(authority.certificateFile());
        server = new EchoServer(authority.issue("server", "127.0.0.1"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aProcessOfThePartyMayCallEverything() {
        assertThat(server.callerOf(member)).isEqualTo(Caller.PARTY_MEMBER);
        assertThat(server.callPartyOnly(member, DATA)).isEqualTo(DATA);
    }

    @Test
    void aLightClientMayCallWhatIsOpen() {
        assertThat(server.callerOf(onlyTrusting)).isEqualTo(Caller.ANYBODY);
        assertThat(failure(FailureReason.NOT_ALLOWED, () -> server.callPartyOnly(onlyTrusting, DATA)))
                .hasMessageContaining("processes of this party alone");
    }

    @Test
    void aCertificateOfSomebodyElseMakesNobodyAMember() {
        assertThat(server.callerOf(foreigner)).isEqualTo(Caller.ANYBODY);
        failure(FailureReason.NOT_ALLOWED, () -> server.callPartyOnly(foreigner, DATA));
    }

    @Test
    void aCertificateOfAnAuthorityWithTheSameNameOpensNothing() throws Exception {
        Authority impostor = new Authority(Files.createDirectory(folder.resolve("impostor")), "authority");
        TlsSettings forged = impostor.issue("forged", "127.0.0.1");
        TlsSettings client =
                new TlsSettings(forged.certificate(), forged.privateKey(), Optional.of(authority.certificateFile()));

        failure(FailureReason.UNAVAILABLE, () -> server.callOpen(client));
        failure(FailureReason.UNAVAILABLE, () -> server.callPartyOnly(client, DATA));
    }

    @Test
    void aClientDoesNotTalkToAServerThatItDoesNotTrust() {
        failure(FailureReason.UNAVAILABLE, () -> server.callOpen(trusting(folder.resolve("other.pem"))));
    }

    @Test
    void publicTrustSpeaksTlsAndDoesNotTrustAPrivateAuthority() {
        TlsSettings publicTrust = new TlsSettings(Optional.empty(), Optional.empty(), Optional.empty(), true);

        failure(FailureReason.UNAVAILABLE, () -> server.callOpen(publicTrust));
        // Plain text would be refused here.
        Transport.channel(new Endpoint("192.0.2.1", 7000), publicTrust, Runnable::run)
                .shutdownNow();
    }

    @Test
    void aClientDoesNotTalkToAServerOfAnotherName() throws Exception {
        try (EchoServer misnamed = new EchoServer(authority.issue("misnamed", "127.0.0.2"))) {
            failure(FailureReason.UNAVAILABLE, () -> misnamed.callOpen(onlyTrusting));
        }
    }

    @Test
    void plainTextDoesNotReachAServerWithTls() {
        failure(FailureReason.UNAVAILABLE, () -> server.callOpen(TlsSettings.NONE));
    }

    @Test
    void nobodyIsOfThePartyWhereNothingIsTrusted() throws Exception {
        TlsSettings all = authority.issue("trusts-nobody", "127.0.0.1");
        try (EchoServer lonely =
                new EchoServer(new TlsSettings(all.certificate(), all.privateKey(), Optional.empty()))) {
            assertThat(lonely.callerOf(member)).isEqualTo(Caller.ANYBODY);
            failure(FailureReason.NOT_ALLOWED, () -> lonely.callPartyOnly(member, DATA));
        }
    }

    @Test
    void aServerNeedsACertificate() {
        assertThat(failure(
                        FailureReason.SETTINGS_INVALID,
                        () -> Transport.server(
                                new Endpoint("192.0.2.1", 7000), onlyTrusting, List.of(), List.of(), Runnable::run)))
                .hasMessageContaining("tls.certificate and tls.privateKey are needed");
    }

    @Test
    void namesTheFileThatIsNotThere() {
        Path missing = folder.resolve("missing.pem");

        assertThat(failure(FailureReason.SETTINGS_INVALID, () -> server.callOpen(trusting(missing))))
                .hasMessageContaining("tls.trusted")
                .hasMessageContaining("missing.pem");
    }

    @Test
    void refusesFilesThatAreNoCertificates() throws Exception {
        Path garbage = folder.resolve("garbage.pem");
        Files.writeString(garbage, "not a certificate");
        TlsSettings broken = new TlsSettings(Optional.of(garbage), member.privateKey(), member.trusted());

        failure(FailureReason.SETTINGS_INVALID, () -> server.callOpen(trusting(garbage)));
        failure(FailureReason.SETTINGS_INVALID, () -> server.callOpen(broken));
        failure(FailureReason.SETTINGS_INVALID, () -> new EchoServer(broken));
    }

    @Test
    void refusesAKeyThatIsNotTheCertificates() {
        TlsSettings mixed = new TlsSettings(member.certificate(), foreigner.privateKey(), member.trusted());

        assertThat(failure(FailureReason.SETTINGS_INVALID, () -> new EchoServer(mixed)))
                .hasMessageContaining("foreigner.key is not the key of")
                .hasMessageContaining("member.pem");
        failure(FailureReason.SETTINGS_INVALID, () -> server.callOpen(mixed));
    }

    private static TlsSettings trusting(Path certificates) {
        return new TlsSettings(Optional.empty(), Optional.empty(), Optional.of(certificates));
    }

    private static MorphogenException failure(FailureReason reason, ThrowingCallable call) {
        MorphogenException failure = catchThrowableOfType(MorphogenException.class, call);
        assertThat(failure).isNotNull();
        assertThat(failure.reason()).as(failure.toString()).isEqualTo(reason);
        return failure;
    }
}
