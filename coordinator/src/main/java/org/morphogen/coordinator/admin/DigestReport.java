package org.morphogen.coordinator.admin;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.ChunkReplicas;
import org.morphogen.protocol.v1.DigestsPart;
import org.morphogen.protocol.v1.DigestsStart;
import org.morphogen.protocol.v1.ReplicaDigest;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.Sha256;

/** The JSON document of {@code admin digests}. Its field names are stable: fields are added, never renamed. */
final class DigestReport {
    private static final int SHA256_DIGITS = 64;

    private DigestReport() {}

    /**
     * All chunks at one epoch.
     *
     * @param allChunks SHA-256 of the chunks' lines, each with a line end; empty unless each chunk has a digest
     * @param chunks by table, way and index
     */
    record Digests(
            int party,
            long generation,
            String snapshotDigest,
            long epoch,
            String epochDigest,
            long blockNumber,
            String blockHash,
            String allChunks,
            List<Chunk> chunks) {

        /** Whether every replica of every chunk holds the same. */
        boolean agree() {
            return chunks.stream().flatMap(chunk -> chunk.replicas().stream()).allMatch(Replica::agrees);
        }
    }

    /**
     * A chunk.
     *
     * @param file what the chunk is called in a snapshot
     * @param sha256 of its rows; empty where replicas differ, or none tells
     */
    record Chunk(String file, String sha256, List<Replica> replicas) {
        /** As {@code sha256sum} writes it. */
        String line() {
            return (sha256.isEmpty() ? "-".repeat(SHA256_DIGITS) : sha256) + "  " + file;
        }
    }

    /**
     * A node that shall hold the chunk.
     *
     * @param sha256 empty where it did not tell
     * @param agrees whether it told the same as all others that told
     * @param problem why it did not tell
     */
    record Replica(String node, String sha256, boolean agrees, String problem) {}

    /** Puts together what a coordinator told; fails with UNAVAILABLE if that was not all. */
    static Digests of(List<DigestsPart> parts) {
        List<ChunkReplicas> told = new ArrayList<>();
        DigestsStart start = DigestsStart.getDefaultInstance();
        for (DigestsPart part : parts) {
            switch (part.getPartCase()) {
                case START -> start = part.getStart();
                case CHUNK -> told.add(part.getChunk());
                case PART_NOT_SET -> {}
            }
        }
        if (told.size() != start.getChunks() || told.isEmpty()) {
            throw new MorphogenException(
                    FailureReason.UNAVAILABLE, "The coordinator told of " + told.size() + " chunks, not of all.");
        }
        List<Chunk> chunks = told.stream()
                .sorted((a, b) -> id(a).compareTo(id(b)))
                .map(DigestReport::chunk)
                .toList();
        return new Digests(
                start.getParty(),
                start.getGeneration(),
                hex(start.getSnapshotDigest()),
                start.getEpoch().getEpoch(),
                hex(start.getEpoch().getDigest()),
                start.getEpoch().getBlockNumber(),
                "0x" + hex(start.getEpoch().getBlockHash()),
                all(chunks),
                chunks);
    }

    private static ChunkId id(ChunkReplicas chunk) {
        return new ChunkId(
                chunk.getChunk().getTable(),
                chunk.getChunk().getWay(),
                chunk.getChunk().getIndex());
    }

    private static Chunk chunk(ChunkReplicas told) {
        List<ByteString> different = told.getReplicasList().stream()
                .map(ReplicaDigest::getSha256)
                .filter(sha256 -> !sha256.isEmpty())
                .distinct()
                .toList();
        boolean one = different.size() == 1;
        return new Chunk(
                id(told).fileName(),
                one ? hex(different.getFirst()) : "",
                told.getReplicasList().stream()
                        .map(replica -> new Replica(
                                replica.getNodeId(),
                                hex(replica.getSha256()),
                                one && !replica.getSha256().isEmpty(),
                                replica.getProblem()))
                        .toList());
    }

    private static String all(List<Chunk> chunks) {
        boolean whole = chunks.stream().noneMatch(chunk -> chunk.sha256().isEmpty());
        String lines = chunks.stream().map(chunk -> chunk.line() + "\n").collect(Collectors.joining());
        return whole ? Sha256.of(lines.getBytes(StandardCharsets.UTF_8)) : "";
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }
}
