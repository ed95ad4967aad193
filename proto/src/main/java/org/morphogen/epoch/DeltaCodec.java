package org.morphogen.epoch;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.morphogen.protocol.v1.ChunkRef;
import org.morphogen.protocol.v1.EpochBinding;
import org.morphogen.protocol.v1.GrownDictionariesRecord;
import org.morphogen.row.Bytes32;
import org.morphogen.row.CodeHashes;
import org.morphogen.snapshot.BlockInfo;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.Manifest;
import org.morphogen.snapshot.TableManifest;

/** Deltas and epochs as messages. Reading fails with IllegalArgumentException naming the field. Stateless. */
public final class DeltaCodec {
    private DeltaCodec() {}

    /** Writes a delta. */
    public static org.morphogen.protocol.v1.Delta write(Delta delta) {
        var message = org.morphogen.protocol.v1.Delta.newBuilder().setHeader(write(delta.header()));
        new TreeMap<>(delta.pieces()).values().forEach(piece -> message.addPieces(write(piece)));
        return message.build();
    }

    /** Reads a delta of the matrix that {@code manifest} describes, and checks each piece by itself. */
    public static Delta read(org.morphogen.protocol.v1.Delta message, Manifest manifest) {
        List<DeltaPiece> pieces = new ArrayList<>();
        message.getPiecesList().forEach(piece -> pieces.add(read(piece, manifest)));
        return Delta.of(read(message.getHeader()), pieces);
    }

    /** Writes a header. */
    public static org.morphogen.protocol.v1.DeltaHeader write(DeltaHeader header) {
        var message = org.morphogen.protocol.v1.DeltaHeader.newBuilder()
                .setParentDigest(bytes(header.parentDigest()))
                .setEpoch(header.number())
                .setBlockNumber(header.block().number())
                .setBlockHash(ByteString.copyFrom(header.block().hashBytes()))
                .setParentHash(bytes(header.parentHash()))
                .setStateRoot(ByteString.copyFrom(header.block().stateRootBytes()));
        header.dictionaries().forEach(growth -> message.addDictionaries(write(growth)));
        header.pieces().forEach(piece -> message.addPieces(write(piece.chunk(), piece.sha256())));
        return message.build();
    }

    /** Reads a header. */
    public static DeltaHeader read(org.morphogen.protocol.v1.DeltaHeader message) {
        return new DeltaHeader(
                bytes32("parent_digest", message.getParentDigest()),
                message.getEpoch(),
                new BlockInfo(
                        message.getBlockNumber(),
                        hash("block_hash", message.getBlockHash()),
                        hash("state_root", message.getStateRoot())),
                bytes32("parent_hash", message.getParentHash()),
                message.getDictionariesList().stream().map(DeltaCodec::read).toList(),
                message.getPiecesList().stream()
                        .map(piece ->
                                new PieceDigest(read(piece.getChunk()), bytes32("pieces.sha256", piece.getSha256())))
                        .toList());
    }

    /** Writes a chunk and its digest. */
    public static org.morphogen.protocol.v1.PieceDigest write(ChunkId chunk, Bytes32 sha256) {
        return org.morphogen.protocol.v1.PieceDigest.newBuilder()
                .setChunk(write(chunk))
                .setSha256(bytes(sha256))
                .build();
    }

    /** Writes an epoch. */
    public static EpochBinding write(Epoch epoch) {
        return EpochBinding.newBuilder()
                .setEpoch(epoch.number())
                .setBlockNumber(epoch.block().number())
                .setBlockHash(ByteString.copyFrom(epoch.block().hashBytes()))
                .setStateRoot(ByteString.copyFrom(epoch.block().stateRootBytes()))
                .setDigest(bytes(epoch.digest()))
                .build();
    }

    /** Reads an epoch. */
    public static Epoch read(EpochBinding message) {
        return new Epoch(
                message.getEpoch(),
                bytes32("digest", message.getDigest()),
                new BlockInfo(
                        message.getBlockNumber(),
                        hash("block_hash", message.getBlockHash()),
                        hash("state_root", message.getStateRoot())));
    }

    /** Writes a piece. */
    public static org.morphogen.protocol.v1.DeltaPiece write(DeltaPiece piece) {
        return org.morphogen.protocol.v1.DeltaPiece.newBuilder()
                .setChunk(write(piece.chunk()))
                .setEntries(UnsafeByteOperations.unsafeWrap(piece.entries()))
                .build();
    }

    /** Reads a piece and checks it by itself. */
    public static DeltaPiece read(org.morphogen.protocol.v1.DeltaPiece message, Manifest manifest) {
        ChunkId chunk = read(message.getChunk());
        Optional<TableManifest> table = manifest.table(chunk.table());
        if (table.isEmpty()) {
            throw new IllegalArgumentException("pieces: no table " + chunk.table());
        }
        return new DeltaPiece(
                chunk, table.get().rowBytes(), message.getEntries().toByteArray());
    }

    /** The chunks whose pieces a delta has. */
    public static Set<ChunkId> chunks(org.morphogen.protocol.v1.Delta message) {
        Set<ChunkId> chunks = new HashSet<>();
        message.getPiecesList().forEach(piece -> chunks.add(read(piece.getChunk())));
        return chunks;
    }

    /** Reads 32 bytes. */
    public static Bytes32 bytes32(String field, ByteString bytes) {
        if (bytes.size() != Bytes32.LENGTH) {
            throw new IllegalArgumentException(field + " has " + bytes.size() + " bytes, not " + Bytes32.LENGTH);
        }
        return Bytes32.of(bytes.toByteArray());
    }

    /** Writes 32 bytes. */
    public static ByteString bytes(Bytes32 value) {
        return ByteString.copyFrom(value.bytes());
    }

    /** Writes what was added to dictionaries up to an epoch. */
    public static GrownDictionariesRecord write(Epoch epoch, GrownDictionaries dictionaries) {
        GrownDictionariesRecord.Builder record =
                GrownDictionariesRecord.newBuilder().setEpoch(write(epoch));
        new TreeMap<>(dictionaries.byTable()).forEach((table, dictionary) -> {
            CodeHashes added = dictionary.added();
            if (added.count() > 0) {
                record.addDictionaries(org.morphogen.protocol.v1.DictionaryGrowth.newBuilder()
                        .setTable(table)
                        .setCodeHashes(UnsafeByteOperations.unsafeWrap(added.bytes(0, added.count()))));
            }
        });
        return record.build();
    }

    /** Reads what was added to a snapshot's dictionaries up to the record's epoch. */
    public static GrownDictionaries read(GrownDictionariesRecord record, Manifest manifest) {
        return GrownDictionaries.of(manifest)
                .plus(record.getDictionariesList().stream()
                        .map(DeltaCodec::read)
                        .toList());
    }

    private static org.morphogen.protocol.v1.DictionaryGrowth write(DictionaryGrowth growth) {
        ByteArrayOutputStream hashes = new ByteArrayOutputStream();
        growth.codeHashes().forEach(hash -> hashes.writeBytes(hash.bytes()));
        return org.morphogen.protocol.v1.DictionaryGrowth.newBuilder()
                .setTable(growth.table())
                .setCodeHashes(ByteString.copyFrom(hashes.toByteArray()))
                .build();
    }

    private static DictionaryGrowth read(org.morphogen.protocol.v1.DictionaryGrowth message) {
        return new DictionaryGrowth(message.getTable(), codeHashes("dictionaries", message.getCodeHashes()));
    }

    /** Reads code hashes of 32 bytes each. */
    static List<Bytes32> codeHashes(String field, ByteString bytes) {
        byte[] all = bytes.toByteArray();
        if (all.length % Bytes32.LENGTH != 0) {
            throw new IllegalArgumentException(field + ": code hashes that are not whole");
        }
        List<Bytes32> hashes = new ArrayList<>();
        for (int at = 0; at < all.length; at += Bytes32.LENGTH) {
            hashes.add(Bytes32.read(all, at));
        }
        return hashes;
    }

    /** As a message. */
    public static ChunkRef write(ChunkId chunk) {
        return ChunkRef.newBuilder()
                .setTable(chunk.table())
                .setWay(chunk.way())
                .setIndex(chunk.index())
                .build();
    }

    private static ChunkId read(ChunkRef chunk) {
        return new ChunkId(chunk.getTable(), chunk.getWay(), chunk.getIndex());
    }

    private static String hash(String field, ByteString bytes) {
        return "0x" + HexFormat.of().formatHex(bytes32(field, bytes).bytes());
    }
}
