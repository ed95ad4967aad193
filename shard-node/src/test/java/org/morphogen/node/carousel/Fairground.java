package org.morphogen.node.carousel;

import java.lang.foreign.MemorySegment;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.morphogen.dpf.DpfKey;
import org.morphogen.dpf.DpfKeyGenerator;
import org.morphogen.dpf.DpfKeyPair;
import org.morphogen.node.chunk.ChunkLease;
import org.morphogen.node.chunk.ChunkMemory;
import org.morphogen.node.chunk.RowMemory;
import org.morphogen.node.layout.SegmentGeometry;
import org.morphogen.snapshot.ChunkGeometry;

/** One way of random rows in real chunk memory, and rides over it. */
final class Fairground implements AutoCloseable {
    private static final DpfKeyGenerator GENERATOR = new DpfKeyGenerator(new SecureRandom());

    private final ChunkGeometry geometry;
    private final SegmentGeometry segments;
    private final byte[] plain;
    private final List<ChunkMemory> chunks = new ArrayList<>();

    Fairground(ChunkGeometry geometry, long seed, RowMemory memory) {
        this.geometry = geometry;
        this.segments = SegmentGeometry.of(geometry, memory.segmentBytes());
        this.plain = new byte[(int) geometry.rowsPerWay() * geometry.rowBytes()];
        new Random(seed).nextBytes(plain);
        for (int chunk = 0; chunk < geometry.chunksPerWay(); chunk++) {
            chunks.add(load(chunk, memory));
        }
    }

    private ChunkMemory load(int chunk, RowMemory memory) {
        ChunkMemory loaded = ChunkMemory.allocate(geometry.rowBytes(), geometry.rows(chunk), memory);
        long from = geometry.firstRow(chunk) * geometry.rowBytes();
        loaded.rows().write(MemorySegment.ofArray(plain).asSlice(from, geometry.bytes(chunk)), 0);
        loaded.rows().written();
        return loaded;
    }

    ChunkGeometry geometry() {
        return geometry;
    }

    int segments() {
        return IntStream.range(0, geometry.chunksPerWay())
                .map(chunk -> segments.usedSegments(geometry.bytes(chunk)))
                .sum();
    }

    List<DpfKeyPair> keys(List<Long> rows) {
        return rows.stream()
                .map(row -> GENERATOR.generate(geometry.domain(), row))
                .toList();
    }

    /** One party's ride over all chunks. */
    Ride ride(List<DpfKeyPair> pairs, int party) {
        List<DpfKey> keys = pairs.stream().map(pair -> pair.of(party)).toList();
        List<ChunkLease> leases =
                chunks.stream().map(chunk -> chunk.lease().orElseThrow()).toList();
        List<RideWay.Chunk> stops = IntStream.range(0, leases.size())
                .mapToObj(chunk -> RideWay.Chunk.of(chunk, segments, leases.get(chunk)))
                .toList();
        return new Ride(List.of(new RideWay(0, keys, stops)), leases);
    }

    /** The bank of each chunk. */
    List<Integer> banks() {
        return chunks.stream()
                .map(chunk -> {
                    try (ChunkLease lease = chunk.lease().orElseThrow()) {
                        return lease.bank();
                    }
                })
                .toList();
    }

    byte[] row(long row) {
        int from = (int) row * geometry.rowBytes();
        return Arrays.copyOfRange(plain, from, from + geometry.rowBytes());
    }

    @Override
    public void close() {
        chunks.forEach(ChunkMemory::release);
    }
}
