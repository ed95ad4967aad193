package org.morphogen.node.handover;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.morphogen.epoch.DeltaCodec;
import org.morphogen.epoch.Epoch;
import org.morphogen.node.epoch.StepWatch;
import org.morphogen.node.fixture.DonorProxy;
import org.morphogen.node.fixture.FullDisk;
import org.morphogen.node.fixture.QueryNode;
import org.morphogen.protocol.v1.CopyPart;
import org.morphogen.row.Bytes32;
import org.morphogen.transport.Endpoint;

/** Donors that break off, lie, die or hang, and disks that are full: nothing wrong is ever loaded, and it ends well. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TakingFaultsTest {
    private static final long SEED = Long.getLong("morphogen.seed", 20261204);

    @TempDir
    private Path folder;

    private Pair pair;

    @BeforeEach
    void start() {
        pair = new Pair(folder, SEED);
        pair.outgrowTheLog();
    }

    @AfterEach
    void stop() {
        pair.close();
    }

    /** What a donor does with the parts of a copy: two of a narrow chunk and one piece. */
    enum Lie {
        BREAKS_OFF("cut") {
            @Override
            void tell(int index, CopyPart part, StreamObserver<CopyPart> to) {
                if (part.hasEnd()) {
                    throw new DonorProxy.Broken();
                }
                to.onNext(part);
            }
        },
        FLIPS_A_BIT("checksum") {
            @Override
            void tell(int index, CopyPart part, StreamObserver<CopyPart> to) {
                if (part.getPartCase() == CopyPart.PartCase.DATA) {
                    byte[] data = part.getData().toByteArray();
                    data[data.length / 2] ^= 4;
                    to.onNext(CopyPart.newBuilder()
                            .setData(ByteString.copyFrom(data))
                            .build());
                } else {
                    to.onNext(part);
                }
            }
        },
        ENDS_EARLY("ended") {
            @Override
            void tell(int index, CopyPart part, StreamObserver<CopyPart> to) {
                if (!part.hasEnd()) {
                    to.onNext(part);
                }
            }
        },
        LEAVES_A_PIECE_OUT("ended at") {
            @Override
            void tell(int index, CopyPart part, StreamObserver<CopyPart> to) {
                if (index != 1) {
                    to.onNext(part);
                }
            }
        },
        SENDS_A_PIECE_TWICE("more than") {
            @Override
            void tell(int index, CopyPart part, StreamObserver<CopyPart> to) {
                to.onNext(part);
                if (part.getPartCase() == CopyPart.PartCase.DATA) {
                    to.onNext(part);
                }
            }
        },
        SENDS_NOTHING_FOR_A_PIECE("sent 0 bytes") {
            @Override
            void tell(int index, CopyPart part, StreamObserver<CopyPart> to) {
                if (index == 1) {
                    to.onNext(CopyPart.newBuilder().setData(ByteString.EMPTY).build());
                }
                to.onNext(part);
            }
        },
        STATES_ANOTHER_LENGTH("bytes of rows, not") {
            @Override
            void tell(int index, CopyPart part, StreamObserver<CopyPart> to) {
                CopyPart.Builder changed = part.toBuilder();
                if (part.hasStart()) {
                    changed.getStartBuilder().setTotalBytes(1L << 40);
                }
                to.onNext(changed.build());
            }
        },
        FORGETS_THE_START("does not begin") {
            @Override
            void tell(int index, CopyPart part, StreamObserver<CopyPart> to) {
                if (index > 0) {
                    to.onNext(part);
                }
            }
        },
        GIVES_AN_EPOCH_FROM_LONG_AGO("older epoch") {
            @Override
            void tell(int index, CopyPart part, StreamObserver<CopyPart> to) {
                CopyPart.Builder changed = part.toBuilder();
                if (part.hasStart()) {
                    changed.getStartBuilder().getEpochBuilder().setEpoch(1);
                }
                to.onNext(changed.build());
            }
        },
        NUMBERS_ITS_EPOCH_AHEAD("another number or block") {
            @Override
            void tell(int index, CopyPart part, StreamObserver<CopyPart> to) {
                CopyPart.Builder changed = part.toBuilder();
                if (part.hasStart()) {
                    changed.getStartBuilder()
                            .getEpochBuilder()
                            .setEpoch(part.getStart().getEpoch().getEpoch() + 1000);
                }
                to.onNext(changed.build());
            }
        },
        GIVES_NO_EPOCH("nonsense") {
            @Override
            void tell(int index, CopyPart part, StreamObserver<CopyPart> to) {
                CopyPart.Builder changed = part.toBuilder();
                if (part.hasStart()) {
                    changed.getStartBuilder().clearEpoch();
                }
                to.onNext(changed.build());
            }
        };

        private final String told;

        Lie(String told) {
            this.told = told;
        }

        abstract void tell(int index, CopyPart part, StreamObserver<CopyPart> to);
    }

    @ParameterizedTest
    @EnumSource(Lie.class)
    void aDonorThatLiesIsNotBelieved(Lie lie) throws IOException {
        try (DonorProxy liar = new DonorProxy(pair.donor().endpoint())) {
            liar.tamper(lie::tell);
            beginAnew(liar.endpoint());
            pair.taker().holder().awaitProblem(1, lie.told);
            assertThat(pair.status().getChunksReady()).isZero();
            assertThat(pair.takerFiles(".checkpoint")).isEmpty();
            // The next in the list is asked.
            pair.recover(pair.line().donors(liar.endpoint(), pair.donor().endpoint()));
            pair.awaitComplete();
            pair.assertHoldsItsWindow(pair.taker(), Pair.WINDOW);
            assertThat(pair.takerFiles(".tmp")).isEmpty();
        }
    }

    @Test
    void anEpochThatIsNotKnownHereIsWaitedForAndNoProblem() {
        try (DonorProxy ahead = new DonorProxy(pair.donor().endpoint())) {
            AtomicInteger refused = new AtomicInteger();
            ahead.tamper((index, part, to) -> {
                CopyPart.Builder changed = part.toBuilder();
                if (part.hasStart() && refused.incrementAndGet() < 20) {
                    changed.getStartBuilder()
                            .getEpochBuilder()
                            .setDigest(DeltaCodec.bytes(Bytes32.of(new byte[Bytes32.LENGTH])));
                }
                to.onNext(changed.build());
            });
            beginAnew(ahead.endpoint());
            while (refused.get() < 20) {
                assertThat(pair.status().getProblem()).isEmpty();
            }
            pair.awaitComplete();
            assertThat(refused.get()).isGreaterThan(20);
            pair.assertHoldsItsWindow(pair.taker(), Pair.WINDOW);
        }
    }

    @Test
    void aDonorThatDiesIsReplacedByAnother() {
        try (QueryNode second = pair.another("second")) {
            pair.bringToHead(second);
            AtomicInteger pieces = new AtomicInteger();
            Endpoint first = pair.donor().endpoint();
            CountDownLatch dead = new CountDownLatch(1);
            pair.watch(step -> {
                if (step == StepWatch.Step.CHECKPOINT_BEGUN && pieces.incrementAndGet() == 9) {
                    pair.donor().close();
                    dead.countDown();
                }
            });
            beginAnew(pair.donor().endpoint());
            awaitUninterrupted(dead);
            pair.recover(pair.line().donors(first, second.endpoint()));
            pair.awaitComplete();
            pair.assertHoldsItsWindow(pair.taker(), Pair.WINDOW);
        }
    }

    @Test
    void aFullDiskIsToldAndLeftEmptyUntilThereIsRoom() throws IOException {
        FullDisk disk = new FullDisk(Long.MAX_VALUE);
        pair.stopTaker();
        pair.disk(disk);
        pair.startTaker();
        pair.holdSnapshot();
        disk.fill(6000);
        order(pair.snapshot().base(), pair.donor().endpoint());
        pair.taker().holder().awaitProblem(1, "No space left on device");
        assertThat(pair.status().getChunksReady()).isZero();
        assertThat(pair.takerFiles(".checkpoint")).isEmpty();
        // It follows meanwhile, so that it can go on from here.
        pair.line().catchUp(pair.takerKeeper());
        pair.line().blocks(Pair.WINDOW, pair.donorKeeper(), pair.takerKeeper());
        disk.makeRoom();
        pair.awaitComplete();
        pair.assertHoldsItsWindow(pair.taker(), Pair.WINDOW);
        assertThat(pair.takerFiles(".tmp")).isEmpty();
    }

    private void beginAnew(Endpoint... donors) {
        pair.holdSnapshot();
        order(pair.snapshot().base(), donors);
        pair.line().catchUp(pair.takerKeeper());
    }

    private void order(Epoch found, Endpoint... donors) {
        pair.recover(pair.line().anew(pair.donorKeeper(), found, donors));
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
