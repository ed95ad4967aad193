package org.morphogen.client.lookup;

import static org.awaitility.Awaitility.await;

import io.grpc.Deadline;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.client.MorphogenClient;
import org.morphogen.client.connection.NodeStreams;
import org.morphogen.client.connection.QueryWitness;
import org.morphogen.client.party.FakeNode;
import org.morphogen.client.party.FakeSnapshot;
import org.morphogen.client.party.Layout;
import org.morphogen.client.party.Reaction;
import org.morphogen.client.party.TwoParties;
import org.morphogen.client.view.BlockChoice;
import org.morphogen.client.view.CommonView;
import org.morphogen.dpf.DpfKeyGenerator;
import org.morphogen.transport.TlsSettings;

@Timeout(60)
final class SentBatchTest {
    @Test
    void closingForgetsQueriesThatNoThreadWaitsForYet() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        try (TwoParties parties = TwoParties.start(FakeSnapshot.of(71), new Layout(2, 1, 2));
                ExecutorService occupied = Executors.newSingleThreadExecutor();
                AutoCloseable _ = busy::countDown;
                ExecutorService callbacks = Executors.newVirtualThreadPerTaskExecutor();
                NodeStreams nodes = new NodeStreams(0, TlsSettings.NONE, callbacks, QueryWitness.NOBODY)) {
            List<FakeNode> asked = parties.party0().nodes();
            asked.forEach(node -> node.react(Reaction.HANG));
            occupied.execute(() -> {
                try {
                    busy.await();
                } catch (InterruptedException over) {
                    Thread.currentThread().interrupt();
                }
            });

            send(parties, nodes, occupied).close();
            await().until(() -> asked.stream().allMatch(node -> node.openStreams() == 1));

            // A stream to a node that left the view ends only when no query is in flight on it.
            nodes.keepOnly(Set.of());
            await().until(() -> asked.stream().allMatch(node -> node.openStreams() == 0));
        }
    }

    private static SentBatch send(TwoParties parties, NodeStreams nodes, ExecutorService executor) {
        CommonView view;
        try (MorphogenClient client = MorphogenClient.connect(parties.settings())) {
            view = client.view();
        }
        TablePlan plan = TablePlan.of(view, BlockChoice.LATEST, "accounts", 1);
        KeyBatch batch = KeyBatch.generate(
                plan, List.of(FakeSnapshot.randomAddress(new Random(1))), new DpfKeyGenerator(new SecureRandom()));
        List<ShardCall> calls = new ArrayList<>();
        for (ShardPlan shard : plan.shards()) {
            if (shard.party() == 0) {
                calls.add(ShardCall.send(
                        shard,
                        shard.request(batch, Duration.ofHours(1)),
                        shard.ready(),
                        nodes,
                        Deadline.after(1, TimeUnit.HOURS)));
            }
        }
        return new SentBatch(plan, batch, calls, executor, () -> {});
    }
}
