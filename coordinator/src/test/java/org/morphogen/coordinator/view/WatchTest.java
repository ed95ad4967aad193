package org.morphogen.coordinator.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.morphogen.coordinator.TestParty.awaitThat;
import static org.morphogen.coordinator.TestParty.ready;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.coordinator.Coordinator;
import org.morphogen.coordinator.FakeNode;
import org.morphogen.coordinator.TestParty;
import org.morphogen.protocol.v1.ClusterView;
import org.morphogen.protocol.v1.ClusterViewServiceGrpc;
import org.morphogen.protocol.v1.WatchViewRequest;
import org.morphogen.transport.TlsSettings;
import org.morphogen.transport.Transport;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WatchTest {
    private static final int WATCHERS = 200;

    @TempDir
    Path folder;

    private TestParty party;

    @BeforeEach
    void startParty() {
        party = new TestParty(folder);
        party.writeSnapshot("first", 1);
    }

    @AfterEach
    void stopParty() {
        party.close();
    }

    @Test
    void manyWatchersSeeTheEmptyViewAndThenGrowingVersions() {
        Coordinator coordinator = party.startCoordinator("c1");
        List<FakeNode> nodes = party.startNodes("n1", "n2");
        party.awaitView("c1", _ -> true);
        ManagedChannel channel =
                Transport.channel(coordinator.endpoint(), TlsSettings.NONE, Thread::startVirtualThread);
        try {
            List<Watcher> watchers = IntStream.range(0, WATCHERS)
                    .mapToObj(_ -> Watcher.on(channel))
                    .toList();
            awaitAll(watchers, Optional.of(0L));
            party.publish("first");
            party.awaitView("c1", view -> ready(view).size() == 2);
            nodes.getFirst().kill();
            long last = party.awaitView("c1", view -> ready(view).equals(List.of("n2")))
                    .getVersion();

            awaitAll(watchers, Optional.of(last));
            watchers.forEach(watcher ->
                    assertThat(watcher.versions()).doesNotHaveDuplicates().isSorted());
        } finally {
            channel.shutdownNow();
        }
    }

    private static void awaitAll(List<Watcher> watchers, Optional<Long> version) {
        awaitThat(
                "version " + version,
                () -> Optional.of(watchers)
                        .filter(all -> all.stream().allMatch(one -> one.newest().equals(version))));
    }

    private static final class Watcher implements StreamObserver<ClusterView> {
        private final List<Long> versions = new CopyOnWriteArrayList<>();

        static Watcher on(ManagedChannel channel) {
            Watcher watcher = new Watcher();
            ClusterViewServiceGrpc.newStub(channel).watch(WatchViewRequest.getDefaultInstance(), watcher);
            return watcher;
        }

        List<Long> versions() {
            return new ArrayList<>(versions);
        }

        Optional<Long> newest() {
            return versions.isEmpty() ? Optional.empty() : Optional.of(versions.getLast());
        }

        @Override
        public void onNext(ClusterView view) {
            versions.add(view.getVersion());
        }

        @Override
        public void onError(Throwable thrown) {
            // The end of the test.
        }

        @Override
        public void onCompleted() {}
    }
}
