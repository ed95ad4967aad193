package org.morphogen.node.control;

import com.google.protobuf.ByteString;
import java.util.HexFormat;
import java.util.List;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.generation.BaseEpoch;
import org.morphogen.node.generation.HoldWish;
import org.morphogen.protocol.v1.ChunkRef;
import org.morphogen.protocol.v1.EpochBinding;
import org.morphogen.protocol.v1.HoldRequest;
import org.morphogen.snapshot.BlockInfo;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.SnapshotDigest;
import org.morphogen.transport.Endpoint;

/** Reads a {@link HoldWish} out of a request. Fails with REQUEST_INVALID naming the field. */
final class WishReader {
    private static final int HASH_BYTES = 32;

    private WishReader() {}

    static HoldWish read(HoldRequest request) {
        try {
            return new HoldWish(
                    request.getParty(),
                    request.getGeneration(),
                    SnapshotDigest.of(request.getSnapshotDigest().toByteArray()),
                    baseEpoch(request.getBaseEpoch()),
                    request.getAssignmentVersion(),
                    request.getChunksList().stream().map(WishReader::chunk).toList(),
                    sources(request));
        } catch (IllegalArgumentException wrong) {
            throw new MorphogenException(FailureReason.REQUEST_INVALID, wrong.getMessage() + ".");
        }
    }

    private static BaseEpoch baseEpoch(EpochBinding binding) {
        return new BaseEpoch(
                binding.getEpoch(),
                new BlockInfo(
                        binding.getBlockNumber(),
                        hash("base_epoch.block_hash", binding.getBlockHash()),
                        hash("base_epoch.state_root", binding.getStateRoot())));
    }

    private static String hash(String field, ByteString bytes) {
        if (bytes.size() != HASH_BYTES) {
            throw new IllegalArgumentException(field + " has " + bytes.size() + " bytes, not " + HASH_BYTES);
        }
        return "0x" + HexFormat.of().formatHex(bytes.toByteArray());
    }

    private static ChunkId chunk(ChunkRef chunk) {
        return new ChunkId(chunk.getTable(), chunk.getWay(), chunk.getIndex());
    }

    private static List<Endpoint> sources(HoldRequest request) {
        try {
            return request.getSourcesList().stream().map(Endpoint::parse).toList();
        } catch (MorphogenException notAnEndpoint) {
            throw new IllegalArgumentException("sources: " + notAnEndpoint.getMessage(), notAnEndpoint);
        }
    }
}
