package org.morphogen.node.story;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.morphogen.epoch.Epoch;
import org.morphogen.node.carousel.Carousel;
import org.morphogen.node.carousel.Departure;
import org.morphogen.node.carousel.Passenger;
import org.morphogen.node.carousel.Ride;
import org.morphogen.node.carousel.RideWay;
import org.morphogen.node.chunk.ChunkLease;
import org.morphogen.node.engine.Accumulators;
import org.morphogen.node.epoch.ChunkAtEpoch;
import org.morphogen.node.epoch.LiveChunk;
import org.morphogen.node.epoch.Timeline;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.TableManifest;

/** Sends queries on the carousel, some of which nobody waits for to the end. */
final class Rider {
    private static final int LONGEST_PAUSE_NANOS = 300_000;
    private static final int LONGEST_PATIENCE_NANOS = 1_000_000;
    private static final int ONE_IMPATIENT_IN = 8;

    private final Story story;
    private final Life life;
    private final SplittableRandom random;

    Rider(Story story, Life life, SplittableRandom random) {
        this.story = story;
        this.life = life;
        this.random = random;
    }

    void run() throws InterruptedException {
        while (!life.isOver()) {
            story.schedule().sleep(random.nextInt(LONGEST_PAUSE_NANOS));
            Optional<Timeline.Pin> pinned = story.pin(life, story.truth().some(random));
            if (pinned.isPresent()) {
                List<TableManifest> tables = story.truth().snapshot().manifest().tables();
                new Query(tables.get(random.nextInt(tables.size())), pinned.get()).ride();
            }
        }
    }

    private final class Query implements Passenger {
        private final TableManifest table;
        private final Timeline.Pin pin;
        private final List<Integer> keys;
        private final List<RideWay> ways = new ArrayList<>();
        private final List<ChunkLease> leases = new ArrayList<>();
        private final List<List<ChunkId>> chunks = new ArrayList<>();
        private final CountDownLatch told = new CountDownLatch(1);
        private final long goneAtNanos;
        private Optional<List<Accumulators>> rows = Optional.empty();
        private Optional<Departure> departure = Optional.empty();

        Query(TableManifest table, Timeline.Pin pin) {
            this.table = table;
            this.pin = pin;
            this.keys = random.ints(1 + random.nextInt(3), 0, Questions.count())
                    .boxed()
                    .toList();
            this.goneAtNanos = random.nextInt(ONE_IMPATIENT_IN) == 0
                    ? story.schedule().nanoTime() + random.nextInt(LONGEST_PATIENCE_NANOS)
                    : Long.MAX_VALUE;
        }

        void ride() throws InterruptedException {
            IntStream.range(0, table.ways()).forEach(this::addWay);
            Ride ride = new Ride(ways, leases, Optional.of(pin));
            if (!ways.isEmpty()) {
                long deadlineMillis = random.nextInt(ONE_IMPATIENT_IN) == 0 ? 1 : Carousel.NO_DEADLINE;
                life.carousel().board(ride, deadlineMillis, this);
                told.await();
                check(deadlineMillis);
            }
            ride.close();
        }

        private void addWay(int way) {
            List<RideWay.Chunk> stops = new ArrayList<>();
            List<ChunkId> ids = new ArrayList<>();
            for (int index = 0; index < table.geometry().chunksPerWay(); index++) {
                ChunkId id = new ChunkId(table.name(), way, index);
                life.chunk(id)
                        .ifPresent(chunk -> stop(chunk).ifPresent(stop -> {
                            stops.add(stop);
                            ids.add(id);
                        }));
            }
            if (!stops.isEmpty()) {
                Questions questions = Questions.of(table);
                ways.add(new RideWay(way, keys.stream().map(questions::key).toList(), stops));
                chunks.add(ids);
            }
        }

        private Optional<RideWay.Chunk> stop(LiveChunk chunk) {
            Optional<ChunkLease> lease = chunk.lease();
            if (lease.isEmpty()) {
                story.requireLeft(life, chunk);
                return Optional.empty();
            }
            leases.add(lease.get());
            return Optional.of(RideWay.Chunk.of(chunk.id().index(), lease.get(), new ChunkAtEpoch(chunk, pin.epoch())));
        }

        @Override
        public boolean isGone() {
            return story.schedule().nanoTime() >= goneAtNanos;
        }

        @Override
        public void arrived(List<Accumulators> sums) {
            rows = Optional.of(sums);
            told.countDown();
        }

        @Override
        public void left(Departure why) {
            departure = Optional.of(why);
            told.countDown();
        }

        private void check(long deadlineMillis) {
            if (life.isKilled()) {
                return;
            }
            departure.ifPresent(why -> {
                boolean may = switch (why) {
                    case CANCELLED -> isGone();
                    case EXPIRED -> deadlineMillis != Carousel.NO_DEADLINE;
                    case STOPPED -> life.isOver();
                    case DEFECT -> false;
                };
                if (!may) {
                    throw new AssertionError("a query left: " + why);
                }
                story.count(why.name());
            });
            rows.ifPresent(this::checkRows);
        }

        private void checkRows(List<Accumulators> sums) {
            Epoch epoch = pin.epoch().epoch();
            for (int way = 0; way < ways.size(); way++) {
                byte[] found = sums.get(way).toBytes();
                for (int key = 0; key < keys.size(); key++) {
                    byte[] right = right(chunks.get(way), keys.get(key), epoch);
                    int from = key * right.length;
                    if (!Arrays.equals(right, 0, right.length, found, from, from + right.length)) {
                        throw new AssertionError("a query of " + chunks.get(way) + " at " + epoch);
                    }
                }
            }
            story.count(epoch.equals(story.truth().head()) ? "query at the head" : "query before it");
        }

        private byte[] right(List<ChunkId> ids, int key, Epoch epoch) {
            byte[] sum = new byte[table.rowBytes()];
            for (ChunkId id : ids) {
                Questions.of(table)
                        .addTo(
                                sum,
                                key,
                                story.truth().chunk(epoch, id),
                                table.geometry().firstRow(id.index()));
            }
            return sum;
        }
    }
}
