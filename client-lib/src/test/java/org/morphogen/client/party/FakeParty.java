package org.morphogen.client.party;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.morphogen.epoch.DeltaCodec;
import org.morphogen.epoch.Epoch;
import org.morphogen.protocol.v1.ClusterView;
import org.morphogen.protocol.v1.EpochBinding;
import org.morphogen.protocol.v1.Replica;
import org.morphogen.protocol.v1.ServedGeneration;
import org.morphogen.protocol.v1.Shard;
import org.morphogen.transport.Endpoint;

/** A party: nodes and two coordinators, which agree with one another unless told otherwise. */
public final class FakeParty implements AutoCloseable {
    /** The generation that fake parties serve at first. */
    public static final long GENERATION = 7;

    private final List<FakeNode> nodes;
    private final List<FakeCoordinator> coordinators;

    private FakeParty(List<FakeNode> nodes, List<FakeCoordinator> coordinators) {
        this.nodes = List.copyOf(nodes);
        this.coordinators = List.copyOf(coordinators);
    }

    /** Starts all of its servers. */
    public static FakeParty start(int party, FakeSnapshot snapshot, Layout layout) {
        FakeChain chain = FakeChain.of(snapshot);
        List<FakeNode> nodes = new ArrayList<>();
        for (int i = 0; i < layout.nodes(); i++) {
            nodes.add(new FakeNode(party, chain));
        }
        ClusterView view = view(party, snapshot, layout, nodes);
        return new FakeParty(
                nodes,
                List.of(new FakeCoordinator(view, snapshot.files()), new FakeCoordinator(view, snapshot.files())));
    }

    /** All nodes. */
    public List<FakeNode> nodes() {
        return nodes;
    }

    /** Both coordinators. */
    public List<FakeCoordinator> coordinators() {
        return coordinators;
    }

    /** Where the coordinators listen. */
    public List<Endpoint> endpoints() {
        return coordinators.stream().map(FakeCoordinator::endpoint).toList();
    }

    /** Publishes the next version of the view, changed so, at both coordinators. */
    public void change(Consumer<ClusterView.Builder> change) {
        for (FakeCoordinator coordinator : coordinators) {
            ClusterView view = coordinator.view();
            ClusterView.Builder next = view.toBuilder().setVersion(view.getVersion() + 1);
            change.accept(next);
            coordinator.publish(next.build());
        }
    }

    /** As {@link #change}, of what is served. */
    public void changeServing(Consumer<ServedGeneration.Builder> change) {
        change(view -> change.accept(view.getServingBuilder()));
    }

    /** Publishes that chain as its window, and has all nodes hold it. */
    public void serve(FakeChain chain) {
        nodes.forEach(node -> node.hold(chain));
        list(chain.epochs());
    }

    /** Publishes these epochs as its window, without a word to the nodes; the last is the head. */
    public void list(List<Epoch> window) {
        changeServing(serving -> window(serving, window));
    }

    /** Gives a generation that window; the last is the head. */
    public static void window(ServedGeneration.Builder generation, List<Epoch> window) {
        generation
                .clearWindow()
                .addAllWindow(window.stream().map(DeltaCodec::write).toList())
                .setHead(DeltaCodec.write(window.getLast()));
    }

    /** Number of queries that all nodes together received. */
    public int queries() {
        return nodes.stream().mapToInt(node -> node.received().size()).sum();
    }

    @Override
    public void close() {
        coordinators.forEach(FakeCoordinator::close);
        nodes.forEach(FakeNode::close);
    }

    private static ClusterView view(int party, FakeSnapshot snapshot, Layout layout, List<FakeNode> nodes) {
        EpochBinding epoch = DeltaCodec.write(
                Epoch.base(0, snapshot.digest(), snapshot.manifest().block()));
        ServedGeneration.Builder serving = ServedGeneration.newBuilder()
                .setGeneration(GENERATION)
                .setSnapshotDigest(ByteString.copyFrom(snapshot.digest().bytes()))
                .setBaseEpoch(epoch)
                .setHead(epoch)
                .addWindow(epoch)
                .setAssignmentVersion(1);
        for (int shard = 0; shard < layout.shards(); shard++) {
            Shard.Builder builder = layout.shard(shard, snapshot).toBuilder();
            for (int node : layout.nodesOf(shard)) {
                builder.addReplicas(Replica.newBuilder()
                        .setNodeId("node-" + node)
                        .setEndpoint(nodes.get(node).endpoint().toString())
                        .setReady(true));
            }
            serving.addShards(builder);
        }
        return ClusterView.newBuilder()
                .setParty(party)
                .setVersion(1)
                .setServing(serving)
                .build();
    }
}
