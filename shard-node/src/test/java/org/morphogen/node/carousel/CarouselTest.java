package org.morphogen.node.carousel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.morphogen.dpf.DpfKeyPair;
import org.morphogen.node.EngineChoice;
import org.morphogen.node.chunk.HostMemory;
import org.morphogen.node.chunk.MemoryBudget;
import org.morphogen.node.chunk.RowMemory;
import org.morphogen.node.engine.Accumulators;
import org.morphogen.node.engine.EngineFinding;
import org.morphogen.node.engine.HostEngine;
import org.morphogen.node.engine.ScalarEngine;
import org.morphogen.node.engine.ScanKernel;
import org.morphogen.node.engine.SelectionBits;
import org.morphogen.node.fixture.GatedEngine;
import org.morphogen.node.numa.Bank;
import org.morphogen.node.numa.Banks;
import org.morphogen.snapshot.ChunkGeometry;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
class CarouselTest {
    private static final int WORKERS = 3;
    /** Several chunks of two segments; the last chunk is cut short. */
    private static final ChunkGeometry WIDE = new ChunkGeometry(4096, 3 * 4096 + 384, 4096);

    private static final ChunkGeometry NARROW = new ChunkGeometry(48, 40_064, 8192);

    private final MemoryBudget budget = new MemoryBudget(256 << 20);
    private final HostMemory memory = new HostMemory(budget);
    private final Fairground wide = new Fairground(WIDE, 1, memory);
    private final Fairground narrow = new Fairground(NARROW, 2, memory);

    @AfterEach
    void nothingStaysHeld() {
        wide.close();
        narrow.close();
        assertThat(budget.usedBytes()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void ridersWhoBoardAtAnyTimeGetTheirRows(EngineChoice choice) throws Exception {
        if (!(choice.find(0) instanceof EngineFinding.Runs runs)) {
            return;
        }
        long seed = System.nanoTime();
        Random random = new Random(seed);
        RowMemory own = runs.engine().memory(256 << 20, Banks.ONE);
        try (Fairground ownWide = new Fairground(WIDE, 1, own);
                Fairground ownNarrow = new Fairground(NARROW, 2, own);
                Carousel carousel =
                        new Carousel(WORKERS, runs.engine(), own.budget().banks())) {
            List<Asked> asked = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                asked.add(Asked.of(carousel, random.nextBoolean() ? ownWide : ownNarrow, random));
                if (random.nextInt(4) == 0) {
                    Thread.sleep(random.nextInt(5));
                }
            }
            for (Asked one : asked) {
                one.check(seed);
            }
            assertThat(carousel.state().riders()).isZero();
            assertThat(carousel.state().keys()).isZero();
            assertThat(carousel.state().arrived()).isEqualTo(120);
        }
    }

    /** Two places of memory, whatever this machine has: workers beside one, both, or more than there are chunks. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void chunksOfAllBanksAreScannedWhereverTheWorkersAre(int workers) throws Exception {
        Banks banks = new Banks(List.of(new Bank(0, List.of(0)), new Bank(0, List.of(0))));
        MemoryBudget spread = new MemoryBudget(256 << 20, banks);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (Fairground both = new Fairground(NARROW, 3, new HostMemory(spread));
                Carousel carousel = new Carousel(workers, new ScalarEngine(), banks)) {
            List<Asked> asked = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                asked.add(Asked.of(carousel, both, random));
            }
            for (Asked one : asked) {
                one.check(seed);
            }
            assertThat(both.banks()).as("chunks lie in both").contains(0, 1);
        }
        assertThat(spread.usedBytes()).isZero();
    }

    @Test
    void ridersAboardShareTheScan() throws Exception {
        GatedEngine engine = new GatedEngine();
        try (Carousel carousel = new Carousel(1, engine)) {
            engine.shut();
            List<DpfKeyPair> keys = wide.keys(List.of(5L));
            List<Visitor> visitors = new ArrayList<>();
            visitors.add(Visitor.board(carousel, wide.ride(keys, 0), Carousel.NO_DEADLINE));
            await().until(() -> engine.waiting() == 1);
            for (int i = 0; i < 10; i++) {
                visitors.add(Visitor.board(carousel, wide.ride(keys, 1), Carousel.NO_DEADLINE));
            }
            engine.open();
            for (Visitor visitor : visitors) {
                assertThat(visitor.await()).isPresent();
            }

            // The first had its first segment alone; the ten shared all, and that one once more.
            assertThat(carousel.state().segmentsScanned()).isEqualTo(wide.segments() + 1);
        }
    }

    @Test
    void aSmallTableIsNotPassedOver() throws Exception {
        GatedEngine engine = new GatedEngine();
        try (Carousel carousel = new Carousel(1, engine)) {
            engine.shut();
            List<Visitor> large = new ArrayList<>();
            large.add(Visitor.board(carousel, wide.ride(wide.keys(List.of(1L)), 0), Carousel.NO_DEADLINE));
            await().until(() -> engine.waiting() == 1);
            Visitor small = Visitor.board(carousel, narrow.ride(narrow.keys(List.of(9L)), 0), Carousel.NO_DEADLINE);
            engine.open();
            assertThat(small.await()).isPresent();
            // More who want the large table cannot keep the small one waiting for more than one turn.
            assertThat(carousel.state().segmentsScanned())
                    .isLessThanOrEqualTo(wide.segments() + narrow.segments() + 1L);
            assertThat(large.getFirst().await()).isPresent();
        }
    }

    @Test
    void whoIsGoneLeavesAtOnce() throws Exception {
        GatedEngine engine = new GatedEngine();
        try (Carousel carousel = new Carousel(1, engine)) {
            engine.shut();
            Visitor visitor = Visitor.board(carousel, wide.ride(wide.keys(List.of(7L)), 0), Carousel.NO_DEADLINE);
            Visitor other = Visitor.board(carousel, narrow.ride(narrow.keys(List.of(7L)), 0), Carousel.NO_DEADLINE);
            await().until(() -> engine.waiting() == 1);
            visitor.goAway();
            Thread.sleep(5);
            engine.open();

            assertThat(visitor.await()).isEmpty();
            assertThat(visitor.departure()).contains(Departure.CANCELLED);
            assertThat(other.await()).isPresent();
            assertThat(carousel.state().cancelled()).isEqualTo(1);
            assertThat(carousel.state().segmentsScanned())
                    .as("what nobody needs is not scanned")
                    .isLessThan(wide.segments() + narrow.segments());
        }
    }

    @Test
    void whoIsLateLeaves() throws Exception {
        GatedEngine engine = new GatedEngine();
        AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5_000_000);
        try (Carousel carousel = new Carousel(1, engine, Banks.ONE, nanos::get)) {
            engine.shut();
            Visitor late = Visitor.board(carousel, wide.ride(wide.keys(List.of(7L)), 0), 10);
            Visitor patient = Visitor.board(carousel, wide.ride(wide.keys(List.of(8L)), 0), 1000);
            await().until(() -> engine.waiting() == 1);
            nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(11));
            engine.open();

            assertThat(late.await()).isEmpty();
            assertThat(late.departure()).contains(Departure.EXPIRED);
            assertThat(patient.await()).isPresent();
            assertThat(carousel.state().expired()).isEqualTo(1);
        }
    }

    @Test
    void comingsAndGoingsSpoilNoAnswer() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (Carousel carousel = new Carousel(WORKERS, new ScalarEngine())) {
            for (int round = 0; round < 15; round++) {
                List<Asked> staying = new ArrayList<>();
                List<Visitor> leaving = new ArrayList<>();
                for (int i = 0; i < 6; i++) {
                    staying.add(Asked.of(carousel, random.nextBoolean() ? wide : narrow, random));
                    Visitor visitor = Visitor.board(
                            carousel,
                            narrow.ride(narrow.keys(List.of(random.nextLong(1000))), 0),
                            random.nextBoolean() ? random.nextInt(3) : Carousel.NO_DEADLINE);
                    leaving.add(visitor);
                    if (random.nextBoolean()) {
                        visitor.goAway();
                    }
                }
                for (Asked one : staying) {
                    one.check(seed);
                }
                for (Visitor visitor : leaving) {
                    visitor.await();
                }
            }
            assertThat(carousel.state().riders()).isZero();
        }
    }

    /** A boxed vector is 80 bytes, and a segment has a hundred thousand of them. */
    @Test
    void aWarmedScanMakesNextToNoGarbage() throws Exception {
        try (Carousel carousel = new Carousel(2, EngineChoice.AUTO.open(0))) {
            List<DpfKeyPair> keys = wide.keys(List.of(5L, 6L, 7L));
            long warm = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
            while (System.nanoTime() < warm) {
                Visitor.board(carousel, wide.ride(keys, 0), Carousel.NO_DEADLINE)
                        .await();
            }
            long before = workersAllocatedBytes();
            long segmentsBefore = carousel.state().segmentsScanned();
            for (int turn = 0; turn < 50; turn++) {
                Visitor.board(carousel, wide.ride(keys, 0), Carousel.NO_DEADLINE)
                        .await();
            }
            long segments = carousel.state().segmentsScanned() - segmentsBefore;

            assertThat((workersAllocatedBytes() - before) / segments)
                    .as("bytes a segment")
                    .isLessThan(64 << 10);
        }
    }

    private static long workersAllocatedBytes() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("scan-"))
                .mapToLong(thread -> threads.getThreadAllocatedBytes(thread.threadId()))
                .sum();
    }

    @Test
    void aDefectEndsOnlyWhoItMeets() throws Exception {
        FailingEngine engine = new FailingEngine();
        try (Carousel carousel = new Carousel(1, engine)) {
            engine.fails = true;
            Visitor unlucky = Visitor.board(carousel, narrow.ride(narrow.keys(List.of(7L)), 0), Carousel.NO_DEADLINE);
            assertThat(unlucky.await()).isEmpty();
            assertThat(unlucky.departure()).contains(Departure.DEFECT);

            engine.fails = false;
            Asked.of(carousel, narrow, new Random(3)).check(3);
        }
    }

    @Test
    void aPassengerThatThrowsHarmsNobodyElse() throws Exception {
        try (Carousel carousel = new Carousel(1, new ScalarEngine());
                Ride ride = narrow.ride(narrow.keys(List.of(1L)), 0)) {
            carousel.board(ride, Carousel.NO_DEADLINE, new Passenger() {
                @Override
                public boolean isGone() {
                    return false;
                }

                @Override
                public void arrived(List<Accumulators> rows) {
                    throw new IllegalStateException("as a defect does");
                }

                @Override
                public void left(Departure why) {
                    throw new IllegalStateException("as a defect does");
                }
            });
            Asked.of(carousel, narrow, new Random(4)).check(4);
            assertThat(carousel.state().riders()).isZero();
        }
    }

    @Test
    void whenItStopsEverybodyIsTold() throws Exception {
        GatedEngine engine = new GatedEngine();
        Carousel carousel = new Carousel(2, engine);
        engine.shut();
        Visitor aboard = Visitor.board(carousel, wide.ride(wide.keys(List.of(7L)), 0), Carousel.NO_DEADLINE);
        await().until(() -> engine.waiting() == 2);
        Thread closing = Thread.ofPlatform().start(carousel::close);
        await().until(() -> closing.getState() == Thread.State.WAITING);
        engine.open();
        closing.join();
        Visitor afterwards = Visitor.board(carousel, wide.ride(wide.keys(List.of(7L)), 0), Carousel.NO_DEADLINE);

        assertThat(aboard.await()).isEmpty();
        assertThat(aboard.departure()).contains(Departure.STOPPED);
        assertThat(afterwards.await()).isEmpty();
        assertThat(afterwards.departure()).contains(Departure.STOPPED);
    }

    /** Throws while it shall. */
    private static final class FailingEngine implements HostEngine {
        private volatile boolean fails;

        @Override
        public String name() {
            return "failing";
        }

        @Override
        public ScanKernel newKernel() {
            ScanKernel kernel = new ScalarEngine().newKernel();
            return new ScanKernel() {
                @Override
                public void begin(int keys, int rowBytes) {
                    kernel.begin(keys, rowBytes);
                }

                @Override
                public void xorSelected(MemorySegment tiles, SelectionBits selection, int firstRow) {
                    if (fails) {
                        throw new IllegalStateException("as a defect does");
                    }
                    kernel.xorSelected(tiles, selection, firstRow);
                }

                @Override
                public void addTo(Accumulators into) {
                    kernel.addTo(into);
                }
            };
        }
    }
}
