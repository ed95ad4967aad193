package org.morphogen.node.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.morphogen.node.engine.ScanEngine;
import org.morphogen.node.fixture.MadeSnapshot;
import org.morphogen.node.fixture.QueryNode;
import org.morphogen.node.fixture.SnapshotServer;
import org.morphogen.node.fixture.TableSpec;
import org.morphogen.node.query.QueryLimits;
import org.morphogen.snapshot.TableManifest;

/** A node of each party, on real sockets, with the same three tables. */
final class TwoNodes implements AutoCloseable {
    static final QueryLimits LIMITS = new QueryLimits(40, 1024, 8, 2 << 20);

    private static final int PIECE_BYTES = 256 << 10;
    private static final long GENERATION = 1;
    private static final long OTHER_GENERATION = 2;

    private final MadeSnapshot snapshot;
    private final SnapshotServer server;
    private final List<QueryNode> nodes = new ArrayList<>();

    TwoNodes(Path folder, long seed, ScanEngine engine) {
        snapshot = MadeSnapshot.make(
                folder.resolve("snapshot"),
                seed,
                new TableSpec("accounts", 256, 3, 20_096, 4096),
                new TableSpec("storage", 32, 3, 150_016, 32_768),
                new TableSpec("wide", 4096, 1, 1152, 512));
        server = new SnapshotServer(snapshot.folder(), PIECE_BYTES);
        for (int party = 0; party < 2; party++) {
            nodes.add(new QueryNode(party, folder.resolve("node-" + party), engine, LIMITS));
            hold(party, GENERATION);
        }
    }

    List<QueryNode> nodes() {
        return nodes;
    }

    /** What both hold. */
    MadeSnapshot snapshot() {
        return snapshot;
    }

    List<TableManifest> tables() {
        return snapshot.manifest().tables();
    }

    byte[] row(String table, int way, long row) {
        return snapshot.row(table, way, row);
    }

    /** Loads a second generation beside the one that is asked, and drops it again. */
    void loadAndDrop(Outcomes outcomes) {
        for (int party = 0; party < 2; party++) {
            hold(party, OTHER_GENERATION);
            nodes.get(party).holder().generations().drop(1, party, OTHER_GENERATION);
            outcomes.count("generations loaded");
        }
    }

    /** Drops what is asked; then no memory for chunks may be held. */
    void assertAllIsGivenBack() {
        for (int party = 0; party < 2; party++) {
            QueryNode node = nodes.get(party);
            assertThat(node.openStreams()).as("open streams").isZero();
            assertThat(node.state().riders()).as("queries aboard").isZero();
            assertThat(node.state().failed()).as("queries that a defect ended").isZero();
            node.holder().generations().drop(1, party, GENERATION);
            assertThat(node.holder().budget().usedBytes()).as("bytes of chunks").isZero();
        }
    }

    private void hold(int party, long generation) {
        QueryNode node = nodes.get(party);
        node.holder().generations().hold(1, snapshot.wish(party, generation, server.endpoint()));
        node.holder().awaitComplete(generation);
    }

    @Override
    public void close() {
        nodes.forEach(QueryNode::close);
        server.close();
    }
}
