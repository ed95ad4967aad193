package org.morphogen.bench.scan;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import org.morphogen.dpf.DpfKey;
import org.morphogen.dpf.DpfKeyGenerator;
import org.morphogen.node.carousel.Ride;
import org.morphogen.node.carousel.RideWay;
import org.morphogen.node.chunk.ChunkLease;
import org.morphogen.node.chunk.ChunkMemory;
import org.morphogen.node.chunk.ChunkRows;
import org.morphogen.node.chunk.HostMemory;
import org.morphogen.node.chunk.HostRows;
import org.morphogen.node.chunk.MemoryBudget;
import org.morphogen.node.chunk.RowMemory;
import org.morphogen.node.layout.SegmentGeometry;
import org.morphogen.snapshot.ChunkGeometry;

/** Some ways of random rows, as a node has them. */
public final class Matrix implements AutoCloseable {
    private static final int LEAF_ROWS = 128;
    private static final int PIECE_ROWS = 8 << 10;

    private final ChunkGeometry geometry;
    private final SegmentGeometry segments;
    private final List<List<ChunkMemory>> ways = new ArrayList<>();
    private final DpfKeyGenerator generator = new DpfKeyGenerator(new SecureRandom());

    /** Takes about {@code bytes} of the machine's own memory over all ways. */
    Matrix(int wayCount, int rowBytes, long bytes) {
        this(wayCount, rowBytes, bytes, new HostMemory(new MemoryBudget(2 * bytes + (64L << 20))));
    }

    /** Takes about {@code bytes} over all ways. */
    public Matrix(int wayCount, int rowBytes, long bytes, RowMemory memory) {
        long rowsPerWay = Math.max(LEAF_ROWS, bytes / wayCount / rowBytes / LEAF_ROWS * LEAF_ROWS);
        geometry = new ChunkGeometry(rowBytes, rowsPerWay, ChunkGeometry.largestChunkRows(rowBytes));
        segments = SegmentGeometry.of(geometry, memory.segmentBytes());
        for (int way = 0; way < wayCount; way++) {
            List<ChunkMemory> chunks = new ArrayList<>();
            for (int chunk = 0; chunk < geometry.chunksPerWay(); chunk++) {
                ChunkMemory filled = ChunkMemory.allocate(rowBytes, geometry.rows(chunk), memory);
                fill(filled.rows(), way * 1000L + chunk);
                chunks.add(filled);
            }
            ways.add(chunks);
        }
    }

    private static void fill(ChunkRows rows, long seed) {
        if (rows instanceof HostRows here) {
            fill(here.segment(), seed);
        } else {
            send(rows, seed);
        }
    }

    /** The same few rows over and over: what they are makes no difference to whoever scans them. */
    private static void send(ChunkRows rows, long seed) {
        int pieceRows = Math.min(rows.rows(), PIECE_ROWS);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment piece = arena.allocate((long) pieceRows * rows.rowBytes(), Long.BYTES);
            fill(piece, seed);
            for (int row = 0; row < rows.rows(); row += pieceRows) {
                int some = Math.min(pieceRows, rows.rows() - row);
                rows.write(piece.asSlice(0, (long) some * rows.rowBytes()), row);
            }
            rows.written();
        }
    }

    private static void fill(MemorySegment rows, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (long at = 0; at < rows.byteSize(); at += Long.BYTES) {
            rows.set(ValueLayout.JAVA_LONG, at, random.nextLong());
        }
    }

    ChunkGeometry geometry() {
        return geometry;
    }

    /** Bytes of all ways. */
    public long bytes() {
        return geometry.rowsPerWay() * geometry.rowBytes() * ways.size();
    }

    /** All chunks' rows where they lie in the machine's own memory; to be read only while the matrix is open. */
    List<MemorySegment> memory() {
        return ways.stream()
                .flatMap(List::stream)
                .map(chunk -> ((HostRows) chunk.rows()).segment())
                .toList();
    }

    /** One party's keys for random rows, so many a way. */
    List<List<DpfKey>> keys(int keysPerWay) {
        List<List<DpfKey>> keys = new ArrayList<>();
        for (int way = 0; way < ways.size(); way++) {
            List<DpfKey> ofWay = new ArrayList<>();
            for (int key = 0; key < keysPerWay; key++) {
                long row = ThreadLocalRandom.current().nextLong(geometry.rowsPerWay());
                ofWay.add(generator.generate(geometry.domain(), row).of(key % 2));
            }
            keys.add(ofWay);
        }
        return keys;
    }

    /** A ride of such keys over everything. */
    Ride ride(List<List<DpfKey>> keys) {
        List<ChunkLease> leases = new ArrayList<>();
        List<RideWay> rideWays = new ArrayList<>();
        for (int way = 0; way < ways.size(); way++) {
            List<RideWay.Chunk> chunks = new ArrayList<>();
            for (int chunk = 0; chunk < geometry.chunksPerWay(); chunk++) {
                ChunkLease lease = ways.get(way).get(chunk).lease().orElseThrow();
                leases.add(lease);
                chunks.add(RideWay.Chunk.of(chunk, segments, lease));
            }
            rideWays.add(new RideWay(way, keys.get(way), chunks));
        }
        return new Ride(rideWays, leases);
    }

    @Override
    public void close() {
        ways.forEach(chunks -> chunks.forEach(ChunkMemory::release));
    }
}
