package org.morphogen.coordinator.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.coordinator.Coordinator;
import org.morphogen.coordinator.FakeNode;
import org.morphogen.coordinator.TestParty;
import org.morphogen.coordinator.cli.FailureHandler;
import org.morphogen.protocol.v1.PublishProgress;
import org.morphogen.snapshot.Sha256;
import picocli.CommandLine;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class AdminCommandTest {
    @TempDir
    Path folder;

    private TestParty party;
    private Coordinator coordinator;
    private String out = "";
    private String err = "";

    @BeforeEach
    void startParty() {
        party = new TestParty(folder);
        coordinator = party.startCoordinator("c1");
        party.writeSnapshot("first", 5);
        party.awaitLeader();
    }

    @AfterEach
    void stopParty() {
        party.close();
    }

    @Test
    void tellsTheStoryOfAPartyInText() {
        assertThat(admin("status")).isEqualTo(3);
        assertThat(out).contains("EMPTY").contains("leader       c1 at " + coordinator.endpoint());
        party.startNodes("n1", "n2");
        party.awaitView("c1", _ -> true);
        TestParty.awaitThat("two nodes", () -> {
            admin("nodes");
            return Optional.of(out).filter(text -> text.split("READY", -1).length == 3);
        });
        assertThat(out.lines().findFirst().orElseThrow())
                .startsWith("NODE  ENDPOINT")
                .endsWith("PROBLEM");
        assertThat(admin("generations")).isZero();
        assertThat(out).contains("Nothing has been published.");

        assertThat(admin("publish", "first")).isZero();
        assertThat(out).contains("Snapshot first is served as generation 1.");
        assertThat(err).contains("LOADING");

        party.awaitView("c1", view -> TestParty.ready(view).size() == 2);
        assertThat(admin("status")).isZero();
        assertThat(out).contains("SERVING").contains("2/2").contains("n1, n2");
        assertThat(admin("generations")).isZero();
        assertThat(out).containsPattern("(?m)^1 +SERVING +first +[0-9a-f]{12} +5 +-$");
        assertThat(admin("publish", "first")).isZero();
        assertThat(out).contains("nothing to do");
    }

    @Test
    void writesJsonWithStableNames() throws Exception {
        party.startNodes("n1", "n2");
        assertThat(admin("publish", "first", "--output", "json")).isZero();
        assertThat(names(out)).containsExactly("snapshot", "generation", "changed", "note");
        party.awaitView("c1", view -> TestParty.ready(view).size() == 2);

        assertThat(admin("status", "--output", "json")).isZero();
        assertThat(names(out))
                .containsExactly(
                        "party",
                        "state",
                        "coordinator",
                        "leader",
                        "leaderEndpoint",
                        "term",
                        "viewVersion",
                        "generation",
                        "snapshotDigest",
                        "blockNumber",
                        "blockHash",
                        "stateRoot",
                        "epoch",
                        "oldestEpoch",
                        "stalled",
                        "shards",
                        "staged",
                        "earlier");
        JsonNode shard = json(out).get("shards").get(0);
        assertThat(shard.get("chunks").asInt()).isEqualTo(9);
        assertThat(shard.get("replicas").get(0).get("ready").asBoolean()).isTrue();
        assertThat(admin("nodes", "--output", "json")).isZero();
        assertThat(names(json(out).get(0).toString()))
                .containsExactly(
                        "node",
                        "endpoint",
                        "alive",
                        "state",
                        "engine",
                        "memoryLimitBytes",
                        "memoryUsedBytes",
                        "chunksWanted",
                        "chunksReady",
                        "problem");
        assertThat(admin("generations", "--output", "json")).isZero();
        assertThat(names(json(out).get(0).toString()))
                .containsExactly(
                        "generation",
                        "state",
                        "snapshot",
                        "snapshotDigest",
                        "blockNumber",
                        "blockHash",
                        "stateRoot",
                        "problem");
    }

    @Test
    void digestsAreTheSameTextWhereReplicasHoldTheSame() throws Exception {
        party.startNodes("n1", "n2");
        assertThat(admin("digests")).isEqualTo(1);
        assertThat(err).contains("serves nothing yet");
        assertThat(admin("publish", "first")).isZero();
        party.awaitView("c1", view -> TestParty.ready(view).size() == 2);

        assertThat(admin("digests")).isZero();
        List<String> lines = out.lines().skip(5).toList();
        assertThat(lines).hasSize(9).isSortedAccordingTo(Comparator.comparing(line -> line.substring(66)));
        String third = "accounts/way-0/chunk-00002.rows";
        assertThat(lines.get(2)).isEqualTo(FakeNode.digest(third, 0, "") + "  " + third);
        String all = Sha256.of((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
        assertThat(out)
                .contains("party        0, generation 1\nblock        5 0x" + "ab".repeat(32))
                .contains("all chunks   " + all + "\n");
        assertThat(admin("digests", "--block", "5")).isZero();
        assertThat(out).contains(all);
        assertThat(admin("digests", "--epoch", "0", "--output", "json")).isZero();
        assertThat(names(out))
                .containsExactly(
                        "party",
                        "generation",
                        "snapshotDigest",
                        "epoch",
                        "epochDigest",
                        "blockNumber",
                        "blockHash",
                        "allChunks",
                        "chunks");
        assertThat(json(out).get("allChunks").asText()).isEqualTo(all);
        assertThat(names(json(out).get("chunks").get(0).toString())).containsExactly("file", "sha256", "replicas");

        assertThat(admin("digests", "--epoch", "1")).isEqualTo(1);
        assertThat(err).contains("epochs 0 to 0, blocks 5 to 5");
        assertThat(admin("digests", "--block", "4")).isEqualTo(1);
        assertThat(admin("digests", "--block", "5", "--epoch", "0")).isEqualTo(2);
    }

    @Test
    void digestsTellWhichReplicasDifferOrSayNothing() throws Exception {
        List<FakeNode> nodes = party.startNodes("n1", "n2");
        assertThat(admin("publish", "first")).isZero();
        party.awaitView("c1", view -> TestParty.ready(view).size() == 2);

        nodes.getFirst().setDigestsForOthers(1);
        assertThat(admin("digests")).as("a busy node is asked again").isZero();

        nodes.getFirst().setRows("others");
        assertThat(admin("digests")).isEqualTo(3);
        String file = "accounts/way-2/chunk-00001.rows";
        assertThat(out)
                .contains("all chunks   -\n")
                .contains("-".repeat(64) + "  " + file)
                .containsPattern(file + " +n1 +" + FakeNode.digest(file, 0, "others") + " +differs")
                .containsPattern(file + " +n2 +" + FakeNode.digest(file, 0, "") + " +differs");

        nodes.getFirst().setLoading(false);
        assertThat(admin("digests")).isEqualTo(3);
        assertThat(out)
                .contains(FakeNode.digest(file, 0, "") + "  " + file)
                .containsPattern(file + " +n1 +- +does not hold it, or not yet");

        nodes.getFirst().kill();
        TestParty.awaitThat("n1 to be missed", () -> {
            admin("digests", "--output", "json");
            return Optional.of(out).filter(text -> text.contains("not registered in ZooKeeper"));
        });
        JsonNode replica = json(out).get("chunks").get(0).get("replicas").get(0);
        assertThat(names(replica.toString())).containsExactly("node", "sha256", "agrees", "problem");
        assertThat(replica.get("node").asText()).isEqualTo("n1");
        assertThat(replica.get("agrees").asBoolean()).isFalse();
        assertThat(json(out).get("allChunks").asText()).isNotEmpty();
    }

    @Test
    void tellsWhatIsBeingPublishedAndGivesItUp() throws Exception {
        List<FakeNode> nodes = party.startNodes("n1", "n2");
        party.publish("first");
        party.writeSnapshot("second", 6);
        nodes.getLast().setLoading(false);
        CompletableFuture<PublishProgress> publication = party.publishInBackground("second");
        party.awaitStatus("c1", status -> status.getStaged().getChunksReady() == 9);

        assertThat(admin("status")).isZero();
        assertThat(out).contains("staged       generation 2, snapshot second, LOADING 9 of 18 chunks");
        assertThat(admin("status", "--output", "json")).isZero();
        assertThat(names(json(out).get("staged").get(0).toString()))
                .containsExactly(
                        "generation",
                        "snapshot",
                        "phase",
                        "chunksReady",
                        "chunksWanted",
                        "blockNumber",
                        "epoch",
                        "stalled");
        assertThat(admin("serve", "2")).isEqualTo(1);
        assertThat(err).contains("Generation 2 cannot be served yet (LOADING)");
        assertThat(admin("publish", "first", "--again")).isEqualTo(1);
        assertThat(err).contains("morphogen admin abandon 2");

        assertThat(admin("abandon", "2")).isZero();
        assertThat(out).contains("Generation 2 is FAILED.");
        assertThat(publication).failsWithin(TestParty.PATIENCE);
        assertThat(admin("generations")).isZero();
        assertThat(out).contains("An administrator gave the generation up.");
    }

    @Test
    void tellsWhatIsStillAnsweredAndRetiresIt() throws Exception {
        party.startNodes("n1", "n2");
        party.publish("first");
        party.writeSnapshot("second", 6);
        party.publish("second");
        party.awaitView("c1", view -> view.getEarlierCount() == 1);

        assertThat(admin("status")).isZero();
        assertThat(out).contains("earlier      generation 1, block 5, answered until it is retired");
        assertThat(admin("abandon", "1", "--output", "json")).isZero();
        assertThat(json(out).get("state").asText()).isEqualTo("RETIRED");
    }

    @Test
    void triesEachCoordinatorAndFollowsToTheLeader() {
        Coordinator second = party.startCoordinator("c2");
        party.startNodes("n1", "n2");

        int exit = run(
                "publish",
                "first",
                "--coordinator",
                "127.0.0.1:1",
                "--coordinator",
                second.endpoint().toString());

        assertThat(err).doesNotContain("Exception");
        assertThat(exit).isZero();
    }

    @Test
    void optionsMayStandBeforeTheCommand() {
        assertThat(run("--coordinator", coordinator.endpoint().toString(), "--output", "json", "generations"))
                .isZero();
        assertThat(out.strip()).isEqualTo("[ ]");
    }

    @Test
    void failuresAreOneSentenceWithAdvice() {
        assertThat(admin("publish", "absent")).isEqualTo(1);
        assertThat(err).contains("absent").contains("snapshot directory").doesNotContain("\tat ");
        assertThat(run("status", "--coordinator", "127.0.0.1:1")).isEqualTo(1);
        assertThat(err).contains("127.0.0.1:1").doesNotContain("\tat ");
        assertThat(run("status", "--coordinator", "192.0.2.1:7000"))
                .as("plain text off the machine")
                .isEqualTo(2);
        assertThat(err).contains("plain text");
    }

    @Test
    void usageErrorsExitWithTwo() {
        assertThat(run("status")).isEqualTo(2);
        assertThat(run("status", "--coordinator", "nonsense")).isEqualTo(2);
        assertThat(err).contains("host:port");
        assertThat(admin("publish")).isEqualTo(2);
        assertThat(run()).isEqualTo(2);
        assertThat(err).contains("status, nodes, generations, publish, serve, abandon, digests");
    }

    private int admin(String... arguments) {
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.add("--coordinator");
        all.add(coordinator.endpoint().toString());
        return run(all.toArray(String[]::new));
    }

    private int run(String... arguments) {
        StringWriter written = new StringWriter();
        StringWriter complained = new StringWriter();
        int exit = new CommandLine(new AdminCommand())
                .setExecutionExceptionHandler(new FailureHandler())
                .setOut(new PrintWriter(written))
                .setErr(new PrintWriter(complained))
                .execute(arguments);
        out = written.toString();
        err = complained.toString();
        return exit;
    }

    private static JsonNode json(String text) throws Exception {
        return JsonMapper.builder().build().readTree(text);
    }

    private static List<String> names(String text) throws Exception {
        List<String> names = new ArrayList<>();
        json(text).fieldNames().forEachRemaining(names::add);
        return names;
    }
}
