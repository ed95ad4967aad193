package org.morphogen.node.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.epoch.DeltaCodec;
import org.morphogen.epoch.Epoch;
import org.morphogen.node.epoch.EpochKeeper;
import org.morphogen.node.epoch.KnownEpoch;
import org.morphogen.node.fixture.Fault;
import org.morphogen.node.fixture.QueryClient;
import org.morphogen.node.fixture.Question;
import org.morphogen.protocol.v1.BeginAt;
import org.morphogen.protocol.v1.QueryRequest;
import org.morphogen.protocol.v1.RecoverRequest;
import org.morphogen.snapshot.TableManifest;
import org.morphogen.transport.Endpoint;

/** Nodes whose disk was lost, or stands still since long, beside one that has followed the chain all the time. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LostDiskTest {
    private static final long SEED = Long.getLong("morphogen.seed", 20261201);

    @TempDir
    private Path folder;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private Pair pair;

    @BeforeEach
    void start() {
        pair = new Pair(folder, SEED);
    }

    @AfterEach
    void stop() {
        pair.close();
    }

    @Test
    void anEmptyNodeTakesAllChunksAndAnswersTheSameAtEveryEpochOfTheWindow() throws IOException {
        pair.outgrowTheLog();
        pair.holdSnapshot();
        beginAnew(pair.snapshot().base());
        pair.line().catchUp(pair.takerKeeper());
        pair.awaitComplete();
        // Its first epoch is the donor's oldest, so it can answer as much as the donor can.
        pair.assertHoldsItsWindow(pair.taker(), Pair.WINDOW);
        assertSameAnswers();
        assertThat(pair.takerFiles(".rows"))
                .as("files of the snapshot that nothing needs")
                .isEmpty();
        for (int block = 0; block < 2 * Pair.WINDOW; block++) {
            pair.line().blocks(1, pair.donorKeeper(), pair.takerKeeper());
            pair.assertHoldsItsWindow(pair.taker(), Pair.WINDOW);
        }
        assertSameAnswers();
    }

    @Test
    void nothingOfTheSnapshotIsNeededButItsManifest() {
        pair.outgrowTheLog();
        pair.server().misbehave(request -> request.getFile().endsWith(".rows") ? Fault.REFUSE : Fault.NONE);
        pair.hold(1, pair.snapshot().chunkIds());
        pair.takerKeeper();
        beginAnew(pair.snapshot().base());
        pair.line().catchUp(pair.takerKeeper());
        pair.awaitComplete();
        pair.assertHoldsItsWindow(pair.taker(), Pair.WINDOW);
    }

    @Test
    void whatWasTakenOverIsThereAgainAfterARestartWithoutAnyDonor() {
        pair.outgrowTheLog();
        pair.holdSnapshot();
        beginAnew(pair.snapshot().base());
        pair.line().catchUp(pair.takerKeeper());
        pair.awaitComplete();
        pair.donor().close();
        for (int restart = 0; restart < 3; restart++) {
            pair.stopTaker();
            pair.startTaker();
            pair.awaitComplete();
            pair.assertHoldsItsWindow(pair.taker(), 1);
            pair.line().blocks(40, pair.takerKeeper());
            pair.assertHoldsItsWindow(pair.taker(), Pair.WINDOW);
            pair.line().back(Pair.WINDOW - 1, pair.takerKeeper());
            pair.assertHoldsItsWindow(pair.taker(), 1);
        }
    }

    @Test
    void aNodeThatWasAwayForLongerThanTheWindowBeginsAnew() {
        pair.holdSnapshot();
        pair.line().blocks(3, pair.donorKeeper(), pair.takerKeeper());
        Epoch left = pair.line().chain().head();
        pair.stopTaker();
        pair.outgrowTheLog();
        pair.startTaker();
        pair.taker().holder().awaitComplete(1);
        beginAnew(left);
        pair.line().catchUp(pair.takerKeeper());
        pair.awaitComplete();
        pair.assertHoldsItsWindow(pair.taker(), Pair.WINDOW);
    }

    @Test
    void blocksComeWhileChunksAreTakenOver() {
        pair.outgrowTheLog();
        pair.holdSnapshot();
        beginAnew(pair.snapshot().base());
        EpochKeeper taker = pair.takerKeeper();
        pair.line().catchUp(taker);
        int blocks = 0;
        while (pair.status().getChunksReady() < pair.status().getChunksWanted()) {
            pair.line().blocks(1, pair.donorKeeper(), taker);
            blocks++;
        }
        assertThat(blocks).isPositive();
        pair.assertHoldsItsWindow(pair.taker(), Pair.WINDOW);
        pair.stopTaker();
        pair.startTaker();
        pair.awaitComplete();
        pair.assertHoldsItsWindow(pair.taker(), 1);
    }

    @Test
    void aDamagedLogIsReplaced() throws IOException {
        pair.holdSnapshot();
        pair.outgrowTheLog(pair.takerKeeper());
        pair.stopTaker();
        Path log = pair.takerFiles(".log").getFirst();
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
            // Even its first bytes.
            file.seek(random.nextInt(40));
            file.writeLong(random.nextLong());
        }
        pair.startTaker();
        pair.awaitWanting();
        assertThat(pair.status().hasHead()).isFalse();
        pair.recover(pair.line()
                .donors(pair.donor().endpoint())
                .setBeginAt(BeginAt.newBuilder()
                        .setEpoch(DeltaCodec.write(
                                pair.donorKeeper().epochs().window().getLast().epoch()))));
        pair.line().catchUp(pair.takerKeeper());
        pair.awaitComplete();
        pair.assertHoldsItsWindow(pair.taker(), Pair.WINDOW);
    }

    @Test
    void anOrderThatComesLateThrowsNothingAway() throws IOException {
        pair.outgrowTheLog();
        pair.holdSnapshot();
        var order = pair.line()
                .anew(pair.donorKeeper(), pair.snapshot().base(), pair.donor().endpoint());
        pair.recover(order);
        pair.line().catchUp(pair.takerKeeper());
        pair.awaitComplete();
        List<Path> files = pair.takerFiles(".checkpoint");
        assertThatThrownBy(() -> pair.recover(order)).hasMessageContaining("not where it was found");
        assertThatThrownBy(() -> pair.recover(order.setBeginAt(
                        order.getBeginAt().toBuilder().clearFoundDigest().build())))
                .hasMessageContaining("not where it was found");
        assertThat(pair.takerFiles(".checkpoint")).isEqualTo(files);
        assertThat(files).allMatch(Files::exists);
        pair.assertHoldsItsWindow(pair.taker(), Pair.WINDOW);
    }

    @Test
    void anOrderWithoutDonorsOrOfAnotherLeaderChangesNothing() {
        pair.outgrowTheLog();
        pair.holdSnapshot();
        Epoch base = pair.snapshot().base();
        var right = pair.line()
                .anew(pair.donorKeeper(), base, pair.donor().endpoint())
                .setTerm(5);
        pair.taker().holder().generations().requireTerm(6);
        assertThatThrownBy(() -> pair.recover(right)).hasMessageContaining("term");
        right.setTerm(6);
        pair.line().lead(6);
        assertThatThrownBy(() -> pair.recover(right.clone().setParty(1))).hasMessageContaining("party");
        assertThatThrownBy(() -> pair.recover(right.clone().setGeneration(2))).hasMessageContaining("generation");
        assertThatThrownBy(() -> pair.recover(right.clone().clearDonors())).hasMessageContaining("donors");
        assertThatThrownBy(() -> pair.recover(right.clone().addDonors("nowhere")))
                .hasMessageContaining("donors");
        assertThatThrownBy(
                        () -> pair.recover(right.clone().addAllDonors(Collections.nCopies(Donors.MOST, "127.0.0.1:1"))))
                .hasMessageContaining("donors");
        assertThatThrownBy(() -> pair.recover(
                        right.clone().setBeginAt(BeginAt.newBuilder().setFoundDigest(DeltaCodec.bytes(base.digest())))))
                .hasMessageContaining("32");
        assertThat(pair.takerKeeper().epochs().head().epoch()).isEqualTo(base);
        pair.awaitComplete();
    }

    /** The donor was named by a leader that has been followed by another. */
    @Test
    void aNodeThatNobodyTellsTheDictionariesIsToldAgainWhereToBegin() {
        pair.outgrowTheLog();
        pair.holdSnapshot();
        pair.donor().holder().generations().requireTerm(2);
        beginAnew(pair.snapshot().base());
        pair.awaitWanting();
        assertThat(pair.status().hasHead()).isFalse();
        pair.line().lead(2);
        pair.line().blocks(2 * Pair.WINDOW, pair.donorKeeper());
        pair.recover(anewWithoutHead());
        pair.line().catchUp(pair.takerKeeper());
        pair.awaitComplete();
        pair.assertHoldsItsWindow(pair.taker(), Pair.WINDOW);
    }

    @Test
    void dictionariesThatComeAfterAllNeedNoOrder() {
        pair.outgrowTheLog();
        pair.holdSnapshot();
        Endpoint nobody = new Endpoint("127.0.0.1", 1);
        pair.recover(pair.line().anew(pair.donorKeeper(), pair.snapshot().base(), nobody));
        pair.awaitWanting();
        pair.recover(pair.line().donors(nobody, pair.donor().endpoint()));
        pair.line().catchUp(pair.takerKeeper());
        pair.awaitComplete();
        pair.assertHoldsItsWindow(pair.taker(), Pair.WINDOW);
    }

    private RecoverRequest.Builder anewWithoutHead() {
        var order = pair.line()
                .anew(pair.donorKeeper(), pair.snapshot().base(), pair.donor().endpoint());
        order.getBeginAtBuilder().clearFoundDigest();
        return order;
    }

    private void beginAnew(Epoch found) {
        pair.recover(pair.line().anew(pair.donorKeeper(), found, pair.donor().endpoint()));
    }

    /** Byte for byte, whatever is asked. */
    private void assertSameAnswers() {
        try (QueryClient donor = new QueryClient(pair.donor().endpoint());
                QueryClient taker = new QueryClient(pair.taker().endpoint())) {
            for (KnownEpoch known : pair.donorKeeper().epochs().window()) {
                for (TableManifest table : pair.snapshot().manifest().tables()) {
                    List<List<Long>> rows = IntStream.range(0, table.ways())
                            .mapToObj(way -> random.longs(3, 0, table.rowsPerWay())
                                    .boxed()
                                    .toList())
                            .toList();
                    QueryRequest request = new Question(pair.snapshot(), table, rows)
                            .at(known.epoch())
                            .to(0, 1)
                            .build();
                    assertThat(taker.ask(request).getRows())
                            .as("%s, seed %d", known.epoch(), SEED)
                            .isEqualTo(donor.ask(request).getRows())
                            .matches(answer -> answer.getWaysCount() == table.ways());
                }
            }
        }
    }
}
