package org.morphogen.epoch;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.List;
import org.morphogen.row.Bytes32;
import org.morphogen.snapshot.BlockInfo;
import org.morphogen.snapshot.Sha256;

/**
 * What a delta is, without its entries: enough to compute the digest of the epoch that it leads to, so whoever holds
 * some chunks checks the chain without the others' entries.
 *
 * @param parentDigest of the epoch that it leads on from
 * @param number of the epoch that it leads to, from 1
 * @param block of that epoch
 * @param parentHash of that block
 * @param dictionaries ascending by table, none twice
 * @param pieces one for each chunk that changes, ascending
 */
public record DeltaHeader(
        Bytes32 parentDigest,
        long number,
        BlockInfo block,
        Bytes32 parentHash,
        List<DictionaryGrowth> dictionaries,
        List<PieceDigest> pieces) {
    private static final byte[] DOMAIN = "morphogen epoch v1".getBytes(StandardCharsets.UTF_8);

    public DeltaHeader {
        dictionaries = List.copyOf(dictionaries);
        pieces = List.copyOf(pieces);
        if (number < 1) {
            throw new IllegalArgumentException("epoch: a delta leads to 1 or a later one");
        }
        if (!ascends(dictionaries, Comparator.comparing(DictionaryGrowth::table))) {
            throw new IllegalArgumentException("dictionaries: not ascending by table, or one twice");
        }
        if (!ascends(pieces, Comparator.comparing(PieceDigest::chunk))) {
            throw new IllegalArgumentException("pieces: not ascending by chunk, or one twice");
        }
    }

    private static <T> boolean ascends(List<T> list, Comparator<T> order) {
        for (int i = 1; i < list.size(); i++) {
            if (order.compare(list.get(i - 1), list.get(i)) >= 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * The epoch that the delta leads to. Its digest is
     *
     * <pre>
     * SHA-256( string("morphogen epoch v1") | parent digest | u64(epoch) | u64(block number) | block hash | parent hash
     *          | state root | u32(dictionaries) | for each: string(table) u32(hashes) hashes
     *          | u32(pieces) | for each: string(table) u32(way) u32(index) sha256 )
     * string(s) = u32(bytes of s) | s        integers are big endian, text is UTF-8
     * </pre>
     */
    public Epoch epoch() {
        MessageDigest digest = Sha256.digest();
        string(digest, DOMAIN);
        digest.update(parentDigest.bytes());
        u64(digest, number);
        u64(digest, block.number());
        digest.update(block.hashBytes());
        digest.update(parentHash.bytes());
        digest.update(block.stateRootBytes());
        u32(digest, dictionaries.size());
        for (DictionaryGrowth growth : dictionaries) {
            string(digest, growth.table().getBytes(StandardCharsets.UTF_8));
            u32(digest, growth.codeHashes().size());
            growth.codeHashes().forEach(hash -> digest.update(hash.bytes()));
        }
        u32(digest, pieces.size());
        for (PieceDigest piece : pieces) {
            string(digest, piece.chunk().table().getBytes(StandardCharsets.UTF_8));
            u32(digest, piece.chunk().way());
            u32(digest, piece.chunk().index());
            digest.update(piece.sha256().bytes());
        }
        return new Epoch(number, Bytes32.of(digest.digest()), block);
    }

    private static void string(MessageDigest digest, byte[] text) {
        u32(digest, text.length);
        digest.update(text);
    }

    private static void u32(MessageDigest digest, int value) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
    }

    private static void u64(MessageDigest digest, long value) {
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    }
}
