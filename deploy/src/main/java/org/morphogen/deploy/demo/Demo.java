package org.morphogen.deploy.demo;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.morphogen.client.ClientSettings;
import org.morphogen.client.MorphogenClient;
import org.morphogen.client.lookup.Absent;
import org.morphogen.client.lookup.Address;
import org.morphogen.client.lookup.Found;
import org.morphogen.client.lookup.Lookup;
import org.morphogen.coordinator.building.BuildListener;
import org.morphogen.coordinator.building.SnapshotBuilder;
import org.morphogen.deploy.cluster.ClusterPlan;
import org.morphogen.deploy.cluster.LocalCluster;
import org.morphogen.deploy.cluster.LocalParty;
import org.morphogen.deploy.cluster.PartyAdmin;
import org.morphogen.deploy.demo.DemoReport.ChainLine;
import org.morphogen.deploy.demo.DemoReport.ChangedAccount;
import org.morphogen.deploy.demo.DemoReport.LookupLine;
import org.morphogen.deploy.demo.DemoReport.ProcessLine;
import org.morphogen.deploy.genesis.MainnetGenesis;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.AccountValue;
import org.morphogen.settings.SettingsFile;
import org.morphogen.snapshot.BlockInfo;
import org.morphogen.snapshot.SnapshotDirectory;
import org.morphogen.snapshot.TableManifest;

/** The demo's course: build, start, publish, ask. Closing ends all processes. */
final class Demo implements AutoCloseable {
    private static final String SNAPSHOT = "genesis";

    /** Small chunks, so that even this small matrix is spread over all nodes. */
    private static final int CHUNK_ROWS = 1024;

    private static final Duration READY_TIMEOUT = Duration.ofSeconds(60);

    private final ClusterPlan plan;
    private final Story story;
    private final ChainChoice choice;
    private final LocalCluster cluster;
    private @Nullable DemoChain open;
    private boolean closed;

    Demo(ClusterPlan plan, ChainChoice choice, Story story) {
        this.plan = plan;
        this.choice = choice;
        this.story = story;
        this.cluster = new LocalCluster(plan);
    }

    LocalCluster cluster() {
        return cluster;
    }

    List<String> coordinators() {
        return List.of(
                cluster.party(0).coordinator().toString(),
                cluster.party(1).coordinator().toString());
    }

    DemoReport run() {
        long startNanos = System.nanoTime();
        story.opens();
        cluster.launchAllButCoordinators();
        ChainChoice.Chosen chosen = keep(choice.open(plan.folder(), cluster::freeEndpoint));
        DemoChain chain = chosen.chain();
        follow(chain);
        cluster.launchCoordinators();
        List<SnapshotDirectory> snapshots =
                List.of(build(cluster.party(0), chain.base()), build(cluster.party(1), chain.base()));
        List<String> digests =
                snapshots.stream().map(snapshot -> snapshot.digest().hex()).toList();
        TableManifest table = snapshots.getFirst().manifest().tables().getFirst();
        String stateRoot = snapshots.getFirst().manifest().block().stateRoot();
        story.built(table, stateRoot, digests);
        cluster.awaitNodes();
        publish(cluster.party(0));
        publish(cluster.party(1));
        List<ProcessLine> processes = cluster.processes().stream()
                .map(process -> new ProcessLine(process.name(), process.pid()))
                .toList();
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        story.started(table, processes, plan.nodesPerParty(), seconds);
        story.follows(chosen);
        chain.begin();
        ConcurrentLinkedQueue<Sighting> seen = new ConcurrentLinkedQueue<>();
        try (MorphogenClient client = connect(seen)) {
            List<LookupLine> lookups = ask(client, chain.base().number(), seen);
            story.goesOn();
            Sequel sequel = new Sequel(client, chain, story);
            List<ChangedAccount> changed = new ArrayList<>(sequel.watch());
            changed.addAll(sequel.ask());
            story.went(sequel.lookups());
            DemoReport report = new DemoReport(
                    table.keys(),
                    stateRoot,
                    digests,
                    processes,
                    new ChainLine(chain.description(), chosen.why(), chain.node()),
                    lookups,
                    haveSameShape(lookups),
                    changed);
            story.ends(report);
            return report;
        }
    }

    /** Closes it when the demo ends, or at once if it has. */
    private synchronized ChainChoice.Chosen keep(ChainChoice.Chosen chosen) {
        open = chosen.chain();
        if (closed) {
            chosen.chain().close();
            throw new MorphogenException(FailureReason.UNAVAILABLE, "The demo was stopped.");
        }
        return chosen;
    }

    /** Both parties shall follow the chain. */
    private void follow(DemoChain chain) {
        for (int party = 0; party < 2; party++) {
            Path settings = cluster.party(party).coordinatorSettings();
            try {
                Files.writeString(settings, chain.setting() + "\n", StandardOpenOption.APPEND);
            } catch (IOException failed) {
                throw new MorphogenException(
                        FailureReason.STORAGE_FAILED, "Cannot write " + settings + ".", Map.of(), failed);
            }
        }
    }

    private static SnapshotDirectory build(LocalParty party, BlockInfo base) {
        Path folder = party.snapshots().resolve(SNAPSHOT);
        return SnapshotBuilder.build(
                        MainnetGenesis.plan(base, OptionalInt.of(CHUNK_ROWS)), folder, BuildListener.SILENT)
                .snapshot();
    }

    private static void publish(LocalParty party) {
        try (PartyAdmin admin = new PartyAdmin(party)) {
            admin.publish(SNAPSHOT, progress -> {});
            admin.awaitAllReplicasReady(READY_TIMEOUT);
        }
    }

    private MorphogenClient connect(ConcurrentLinkedQueue<Sighting> seen) {
        ClientSettings settings = SettingsFile.load(cluster.clientSettings(), ClientSettings.class);
        return MorphogenClient.connect(
                settings,
                (party, node, request) ->
                        seen.add(Sighting.of(party, cluster.party(party).nodeAt(node), request)));
    }

    /** At the genesis state, while the blocks after it are applied. */
    private List<LookupLine> ask(MorphogenClient client, long base, ConcurrentLinkedQueue<Sighting> seen) {
        List<LookupLine> lines = new ArrayList<>();
        for (Question question : Question.USUAL) {
            seen.clear();
            long startNanos = System.nanoTime();
            Lookup lookup = client.atBlock(base).lookup(MainnetGenesis.TABLE, Address.parse(question.address()));
            double millis = (System.nanoTime() - startNanos) / (double) TimeUnit.MILLISECONDS.toNanos(1);
            LookupLine line = line(
                    question,
                    lookup,
                    millis,
                    seen.stream().sorted(Sighting.ORDER).toList());
            story.looked(line);
            lines.add(line);
        }
        return lines;
    }

    private static LookupLine line(Question question, Lookup lookup, double millis, List<Sighting> seen) {
        Optional<AccountValue> account = switch (lookup) {
            case Found found -> Optional.of((AccountValue) found.value());
            case Absent _ -> Optional.empty();
        };
        Optional<BigInteger> balance = account.map(AccountValue::balance);
        return new LookupLine(
                question.address(),
                question.who(),
                balance.map(BigInteger::toString),
                account.map(value -> Long.toUnsignedString(value.nonce())),
                lookup.asOf().block().number(),
                balance.equals(question.balance()),
                millis,
                seen);
    }

    private static boolean haveSameShape(List<LookupLine> lookups) {
        return lookups.stream()
                        .map(line -> line.seen().stream().map(Sighting::shape).toList())
                        .distinct()
                        .count()
                == 1;
    }

    @Override
    public void close() {
        choice.close();
        Optional<DemoChain> chain;
        synchronized (this) {
            closed = true;
            chain = Optional.ofNullable(open);
        }
        chain.ifPresent(DemoChain::close);
        cluster.close();
    }
}
