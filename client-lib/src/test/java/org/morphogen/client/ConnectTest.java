package org.morphogen.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.morphogen.client.lookup.Absent;
import org.morphogen.client.lookup.Address;
import org.morphogen.client.party.FakeCoordinator;
import org.morphogen.client.party.FakeNode;
import org.morphogen.client.party.FakeParty;
import org.morphogen.client.party.FakeSnapshot;
import org.morphogen.client.party.Layout;
import org.morphogen.client.party.TwoParties;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.EpochBinding;
import org.morphogen.protocol.v1.FetchRequest;
import org.morphogen.protocol.v1.ServedGeneration;
import org.morphogen.protocol.v1.Shard;
import org.morphogen.snapshot.Manifest;
import org.morphogen.transport.Endpoint;

@Timeout(60)
final class ConnectTest {
    private static final FakeSnapshot SNAPSHOT = FakeSnapshot.of(21);
    private static final ByteString OTHER_HASH = ByteString.copyFrom(new byte[32]);

    private TwoParties parties;

    @BeforeEach
    void start() {
        parties = TwoParties.start(SNAPSHOT, Layout.TWO_BY_TWO);
    }

    @AfterEach
    void stop() {
        parties.close();
    }

    @FunctionalInterface
    interface Change {
        void in(ServedGeneration.Builder serving);
    }

    /** In base, head and window, which are one epoch. */
    private static Change inAllEpochs(Consumer<EpochBinding.Builder> change) {
        return serving -> {
            change.accept(serving.getBaseEpochBuilder());
            change.accept(serving.getHeadBuilder());
            change.accept(serving.getWindowBuilder(0));
        };
    }

    static Stream<Arguments> disagreements() {
        Change otherEpoch = inAllEpochs(epoch -> epoch.setEpoch(3));
        Change otherNumber = inAllEpochs(epoch -> epoch.setBlockNumber(5));
        Change otherBlock = inAllEpochs(epoch -> epoch.setBlockHash(OTHER_HASH));
        Change otherRoot = inAllEpochs(epoch -> epoch.setStateRoot(OTHER_HASH));
        Change otherBase = inAllEpochs(epoch -> epoch.setDigest(OTHER_HASH));
        Change otherDigest = serving -> serving.setSnapshotDigest(OTHER_HASH);
        return Stream.of(
                Arguments.of("snapshot digest", SNAPSHOT.digest().hex(), "00".repeat(32), otherDigest),
                Arguments.of("base epoch", "0", "3", otherEpoch),
                Arguments.of("base block number", "20000000", "5", otherNumber),
                Arguments.of("base digest", "0x" + SNAPSHOT.digest().hex(), "0x" + "00".repeat(32), otherBase),
                Arguments.of("base block hash", FakeSnapshot.BLOCK.hash(), "0x" + "00".repeat(32), otherBlock),
                Arguments.of("base state root", FakeSnapshot.BLOCK.stateRoot(), "0x" + "00".repeat(32), otherRoot));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("disagreements")
    void refusesPartiesThatDoNotServeTheSame(String what, String zero, String one, Change change) {
        parties.party1().changeServing(change::in);

        MorphogenException refusal = refusal(FailureReason.PARTIES_DISAGREE);

        assertThat(refusal).hasMessageContaining(what);
        assertThat(refusal.facts()).containsEntry("party 0 " + what, zero).containsEntry("party 1 " + what, one);
        assertThat(parties.queries()).isZero();
    }

    @Test
    void combinesPartiesThatCountTheSameGenerationDifferently() {
        parties.party1().changeServing(serving -> serving.setGeneration(FakeParty.GENERATION + 1));

        try (MorphogenClient client = MorphogenClient.connect(parties.settings())) {
            client.lookup("accounts", Address.of(new byte[20]));
        }

        for (int party = 0; party < 2; party++) {
            long generation = FakeParty.GENERATION + party;
            assertThat(parties.party(party).nodes())
                    .flatMap(FakeNode::received)
                    .isNotEmpty()
                    .allMatch(request -> request.query().getGeneration() == generation);
        }
    }

    @Test
    void refusesACoordinatorOfTheOtherParty() {
        ClientSettings right = parties.settings();
        ClientSettings swapped = ClientSettings.of(right.party1(), right.party0());

        MorphogenException refusal = refusal(swapped, FailureReason.PARTY_MISBEHAVES);

        assertThat(refusal).hasMessageContaining("configured for party 0 speaks for party 1");
    }

    @Test
    void refusesAPartyThatServesNothingYet() {
        parties.party1().change(view -> view.clearServing());

        assertThat(refusal(FailureReason.NOT_SERVING)).hasMessageContaining("Party 1 serves no generation yet");
    }

    static Stream<Arguments> impossibleViews() {
        Change missingShard = serving -> serving.removeShards(1);
        Change twice = serving -> serving.getShardsBuilder(0)
                .getChunksBuilder(0)
                .getRangesBuilder(0)
                .setCount(2);
        Change sharedId = serving -> serving.getShardsBuilder(1).setId(0);
        Change overlapping = serving -> serving.getShardsBuilder(0)
                .getChunksBuilder(0)
                .addRanges(serving.getShards(0).getChunks(0).getRanges(0));
        Change beyond = serving -> serving.getShardsBuilder(0)
                .getChunksBuilder(0)
                .addRangesBuilder()
                .setFirst(1000)
                .setCount(1);
        Change emptyRange = serving -> serving.getShardsBuilder(0)
                .getChunksBuilder(0)
                .getRangesBuilder(0)
                .setCount(0);
        Change otherTable =
                serving -> serving.getShardsBuilder(0).getChunksBuilder(0).setTable("attic");
        Change noEndpoint =
                serving -> serving.getShardsBuilder(0).getReplicasBuilder(0).setEndpoint("somewhere");
        Change shortHash = serving -> serving.getHeadBuilder().setBlockHash(ByteString.copyFrom(new byte[31]));
        Change noEpoch = ServedGeneration.Builder::clearHead;
        Change longDigest = serving -> serving.setSnapshotDigest(ByteString.copyFrom(new byte[33]));
        return Stream.of(
                Arguments.of("stands in no shard", missingShard),
                Arguments.of("stands in two shards", twice),
                Arguments.of("id 0 stands twice", sharedId),
                Arguments.of("ascending and disjoint", overlapping),
                Arguments.of("beyond the last", beyond),
                Arguments.of("a range is empty", emptyRange),
                Arguments.of("attic", otherTable),
                Arguments.of("somewhere", noEndpoint),
                Arguments.of("head.block_hash has 31 bytes", shortHash),
                Arguments.of("head.digest has 0 bytes", noEpoch),
                Arguments.of("snapshot_digest has 33 bytes", longDigest));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("impossibleViews")
    void refusesViewsThatCannotBe(String said, Change change) {
        parties.party1().changeServing(change::in);

        assertThat(refusal(FailureReason.PARTY_MISBEHAVES))
                .hasMessageContaining("Party 1")
                .hasMessageContaining(said);
    }

    @Test
    void refusesABaseEpochThatIsNotTheSnapshotsBlock() {
        EpochBinding other = EpochBinding.newBuilder()
                .setBlockNumber(1)
                .setBlockHash(OTHER_HASH)
                .setStateRoot(OTHER_HASH)
                .setDigest(ByteString.copyFrom(SNAPSHOT.digest().bytes()))
                .build();
        parties.both()
                .forEach(party -> party.changeServing(
                        serving -> serving.setBaseEpoch(other).setHead(other).setWindow(0, other)));

        assertThat(refusal(FailureReason.PARTY_MISBEHAVES)).hasMessageContaining("not the block that the manifest");
    }

    @Test
    void refusesABaseEpochThatDoesNotStandForTheSnapshot() {
        parties.both().forEach(party -> party.changeServing(inAllEpochs(epoch -> epoch.setDigest(OTHER_HASH))::in));

        assertThat(refusal(FailureReason.PARTY_MISBEHAVES)).hasMessageContaining("its base epoch is not the snapshot");
    }

    @Test
    void refusesATamperedManifest() {
        tamper(Manifest.FILE);

        assertThat(refusal(FailureReason.PARTY_MISBEHAVES))
                .hasMessageContaining("manifest.json does not have the SHA-256");
    }

    @Test
    void refusesATamperedDictionary() {
        tamper("accounts/code-hashes.bin");

        assertThat(refusal(FailureReason.PARTY_MISBEHAVES))
                .hasMessageContaining("code-hashes.bin does not have the SHA-256");
    }

    @Test
    void refusesADictionaryThatIsLongerThanTheManifestSays() {
        for (FakeCoordinator coordinator : parties.party0().coordinators()) {
            coordinator.replaceFile("accounts/code-hashes.bin", new byte[32 * 5]);
        }

        assertThat(refusal(FailureReason.PARTY_MISBEHAVES)).hasMessageContaining("160 bytes");
    }

    @Test
    void fetchesFilesOnFromWhereTheyBrokeOff() {
        parties.party0().coordinators().forEach(coordinator -> coordinator.sendFiles(700, 2));

        try (MorphogenClient client = MorphogenClient.connect(parties.settings())) {
            assertThat(client.view().snapshot().manifest()).isEqualTo(SNAPSHOT.manifest());
        }
        List<FetchRequest> fetches = parties.party0().coordinators().stream()
                .flatMap(coordinator -> coordinator.fetches().stream())
                .filter(fetch -> fetch.getFile().equals(Manifest.FILE))
                .toList();
        assertThat(fetches)
                .extracting(FetchRequest::getOffset)
                .contains(0L, 1400L)
                .doesNotHaveDuplicates();
        assertThat(parties.party1().coordinators())
                .allMatch(coordinator -> coordinator.fetches().isEmpty());
    }

    @Test
    void fetchesFilesFromTheOtherPartyWhenOneCannotSendThem() {
        parties.party0().coordinators().forEach(coordinator -> coordinator.sendFiles(700, 0));

        try (MorphogenClient client = MorphogenClient.connect(parties.settings())) {
            assertThat(client.view().snapshot().manifest()).isEqualTo(SNAPSHOT.manifest());
        }
    }

    @Test
    void asksAnotherCoordinatorWhenOneIsDead() {
        parties.both().forEach(party -> party.coordinators().getFirst().close());

        try (MorphogenClient client = MorphogenClient.connect(parties.settings())) {
            assertThat(client.lookup("accounts", FakeSnapshot.randomAddress(new Random(1))))
                    .isInstanceOf(Absent.class);
        }
    }

    @Test
    void asksAnotherCoordinatorWhenOneIsSilent() {
        parties.both().forEach(party -> party.coordinators().getFirst().fallSilent());

        try (MorphogenClient client =
                MorphogenClient.connect(parties.settings(Duration.ofSeconds(4), Duration.ofSeconds(30)))) {
            assertThat(client.view().asOf().snapshot()).isEqualTo(SNAPSHOT.digest());
        }
    }

    @Test
    void failsWhenNoCoordinatorOfAPartyCanBeReached() {
        parties.party1().coordinators().forEach(FakeCoordinator::close);

        assertThat(refusal(parties.settings(Duration.ofMillis(500), Duration.ofSeconds(1)), FailureReason.UNAVAILABLE))
                .hasMessageContaining("Party 1, coordinator 127.0.0.1:");
    }

    @Test
    void failsWhenAPartyIsSilent() {
        parties.party1().coordinators().forEach(FakeCoordinator::fallSilent);

        assertThat(refusal(
                        parties.settings(Duration.ofMillis(500), Duration.ofSeconds(1)), FailureReason.DEADLINE_PASSED))
                .hasMessageContaining("Party 1, coordinator 127.0.0.1:");
    }

    @Test
    void refusesPlainTextToAnotherMachine() {
        PartySettings elsewhere = PartySettings.onLoopback(List.of(new Endpoint("192.0.2.1", 7000)));

        assertThat(refusal(ClientSettings.of(elsewhere, parties.settings().party1()), FailureReason.SETTINGS_INVALID))
                .hasMessageContaining("plain text may not leave the machine");
    }

    @Test
    void refusesPartiesThatNameTheSameNode() {
        parties.party1()
                .changeServing(serving -> serving.getShardsBuilder(1)
                        .getReplicasBuilder(1)
                        .setEndpoint(
                                parties.party0().nodes().getFirst().endpoint().toString()));

        assertThat(refusal(FailureReason.PARTY_MISBEHAVES)).hasMessageContaining("Both parties name 127.0.0.1:");
        assertThat(parties.queries()).isZero();
    }

    @Test
    void refusesANodeThatIsTheOtherPartysCoordinator() {
        int port = parties.party1().endpoints().getFirst().port();
        parties.party0()
                .changeServing(serving ->
                        serving.getShardsBuilder(0).getReplicasBuilder(0).setEndpoint("LocalHost:" + port));

        assertThat(refusal(FailureReason.PARTY_MISBEHAVES)).hasMessageContaining("Both parties name");
    }

    static Stream<Arguments> hostileTexts() {
        String text = "x:\n\u001b[2J" + "y".repeat(100_000);
        Change endpoint =
                serving -> serving.getShardsBuilder(0).getReplicasBuilder(0).setEndpoint(text);
        Change node =
                serving -> serving.getShardsBuilder(0).getReplicasBuilder(0).setNodeId(text);
        Change table =
                serving -> serving.getShardsBuilder(0).getChunksBuilder(0).setTable(text);
        return Stream.of(
                Arguments.of("endpoint", endpoint), Arguments.of("node_id", node), Arguments.of("table", table));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostileTexts")
    void textOfAPartyIsShortAndPrintable(String field, Change change) {
        parties.party1().changeServing(change::in);

        assertThat(refusal(FailureReason.PARTY_MISBEHAVES))
                .hasMessageContaining(field + ": ")
                .message()
                .hasSizeLessThan(500)
                .matches("[ -~]*");
    }

    @Test
    void refusesAViewOfTooManyShards() {
        parties.party0().changeServing(serving -> {
            for (int id = 10; id < 100_000; id++) {
                serving.addShardsBuilder().setId(id);
            }
        });

        assertThat(refusal(FailureReason.PARTY_MISBEHAVES)).hasMessageContaining("shards: ");
    }

    @Test
    void refusesAHostThatCannotBe() {
        PartySettings odd = PartySettings.onLoopback(List.of(new Endpoint("no_host at all", 7000)));

        assertThat(refusal(ClientSettings.of(odd, parties.settings().party1()), FailureReason.SETTINGS_INVALID))
                .hasMessageContaining("no_host at all:7000");
    }

    @Test
    void doesNotWaitForTheEndOfAFileThatIsWhole() {
        parties.both().forEach(party -> party.coordinators().forEach(FakeCoordinator::leaveFilesOpen));

        try (MorphogenClient client =
                MorphogenClient.connect(parties.settings(Duration.ofSeconds(4), Duration.ofSeconds(30)))) {
            assertThat(client.view().snapshot().manifest()).isEqualTo(SNAPSHOT.manifest());
        }
    }

    @Test
    void acceptsAPartyThatSpreadsItsChunksDifferently() {
        try (FakeParty other = FakeParty.start(1, SNAPSHOT, new Layout(5, 1, 3))) {
            ClientSettings mixed =
                    ClientSettings.of(parties.settings().party0(), PartySettings.onLoopback(other.endpoints()));
            try (MorphogenClient client = MorphogenClient.connect(mixed)) {
                List<Shard> shards =
                        other.coordinators().getFirst().view().getServing().getShardsList();
                assertThat(client.view().served(1).shards()).hasSameSizeAs(shards);
                assertThat(client.lookup("accounts", FakeSnapshot.randomAddress(new Random(2))))
                        .isInstanceOf(Absent.class);
            }
        }
    }

    private void tamper(String file) {
        for (FakeCoordinator coordinator : parties.party0().coordinators()) {
            byte[] bytes = SNAPSHOT.files().getOrDefault(file, new byte[0]).clone();
            bytes[bytes.length - 2] ^= 1;
            coordinator.replaceFile(file, bytes);
        }
    }

    private MorphogenException refusal(FailureReason reason) {
        return refusal(parties.settings(), reason);
    }

    private static MorphogenException refusal(ClientSettings settings, FailureReason reason) {
        MorphogenException refusal = catchThrowableOfType(
                MorphogenException.class,
                () -> MorphogenClient.connect(settings).close());
        assertThat(refusal).isNotNull();
        assertThat(refusal.reason()).as(refusal.toString()).isEqualTo(reason);
        return refusal;
    }
}
