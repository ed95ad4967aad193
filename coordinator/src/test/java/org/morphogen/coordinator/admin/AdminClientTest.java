package org.morphogen.coordinator.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.AdminServiceGrpc;
import org.morphogen.protocol.v1.PublishProgress;
import org.morphogen.protocol.v1.PublishRequest;
import org.morphogen.transport.Endpoint;
import org.morphogen.transport.TlsSettings;
import org.morphogen.transport.Transport;

/** A leader that takes a publication up, says nothing for long and then dies. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class AdminClientTest {
    private static final Duration LONGEST_ABSENCE = Duration.ofMillis(1500);

    private final List<PublishRequest> requests = new CopyOnWriteArrayList<>();
    private volatile Duration silenceBeforeDeath = Duration.ZERO;
    private Server server;

    @BeforeEach
    void startServer() throws IOException {
        server = Transport.server(
                        new Endpoint("127.0.0.1", 0),
                        TlsSettings.NONE,
                        List.of(),
                        List.of(new DyingLeader()),
                        Thread::startVirtualThread)
                .start();
    }

    @AfterEach
    void stopServer() {
        server.shutdownNow();
    }

    @Test
    void aLeaderThatHadNothingNewToTellWasNotAbsent() {
        PublishProgress last = publish(LONGEST_ABSENCE.multipliedBy(2));

        assertThat(last.getPhase()).isEqualTo("SERVING");
    }

    @Test
    void allCallsOfOneCommandAreOneAttempt() {
        publish(Duration.ZERO);
        publish(Duration.ZERO);

        assertThat(requests).hasSize(4).allMatch(PublishRequest::getAgain);
        assertThat(requests.get(0)).isEqualTo(requests.get(1));
        assertThat(requests.get(2)).isEqualTo(requests.get(3));
        assertThat(requests.get(0).getAttempt())
                .isNotEmpty()
                .isNotEqualTo(requests.get(2).getAttempt());
    }

    private PublishProgress publish(Duration silence) {
        silenceBeforeDeath = silence;
        AdminClient client = new AdminClient(
                List.of(new Endpoint("127.0.0.1", server.getPort())),
                TlsSettings.NONE,
                Duration.ofSeconds(20),
                LONGEST_ABSENCE);
        return client.publish("first", true, _ -> {});
    }

    /** Loses every first call of two. */
    private final class DyingLeader extends AdminServiceGrpc.AdminServiceImplBase {
        @Override
        public void publish(PublishRequest request, StreamObserver<PublishProgress> reply) {
            requests.add(request);
            boolean dies = requests.size() % 2 == 1;
            reply.onNext(PublishProgress.newBuilder()
                    .setGeneration(1)
                    .setPhase(dies ? "LOADING" : "SERVING")
                    .build());
            if (!dies) {
                reply.onCompleted();
                return;
            }
            await("the silence").pollDelay(silenceBeforeDeath).until(() -> true);
            reply.onError(Failures.toStatus(new MorphogenException(FailureReason.UNAVAILABLE, "Leads no more.")));
        }
    }
}
