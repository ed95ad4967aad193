package org.morphogen.epoch;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.util.List;
import org.morphogen.protocol.v1.DictionaryResponse;
import org.morphogen.row.Bytes32;

/**
 * A part of what blocks have added to a dictionary up to an epoch.
 *
 * @param entries of the whole dictionary at that epoch, the snapshot's included
 * @param digest of the whole dictionary at that epoch
 * @param codeHashes from the first that was wanted on, at most {@link #MOST_HASHES}
 */
public record DictionaryPage(int entries, Bytes32 digest, List<Bytes32> codeHashes) {
    /** Most code hashes of one page: 512 KiB. */
    public static final int MOST_HASHES = 1 << 14;

    public DictionaryPage {
        codeHashes = List.copyOf(codeHashes);
        if (entries < 1) {
            throw new IllegalArgumentException("entries: a dictionary has at least the hash of no code");
        }
        if (codeHashes.size() > MOST_HASHES) {
            throw new IllegalArgumentException("code_hashes: more than " + MOST_HASHES);
        }
    }

    /**
     * The page from an id on, as a message. Fails with IllegalArgumentException for an id of the snapshot.
     *
     * @param first as unsigned 32 bits; none are there when it is past the end
     */
    public static DictionaryResponse write(GrownDictionary dictionary, int first) {
        long from = Integer.toUnsignedLong(first) - dictionary.snapshotEntries();
        if (from < 0) {
            throw new IllegalArgumentException(
                    "first: ids below " + dictionary.snapshotEntries() + " stand in the snapshot's dictionary");
        }
        int start = (int) Math.min(from, dictionary.added().count());
        int end = Math.min(start + MOST_HASHES, dictionary.added().count());
        return DictionaryResponse.newBuilder()
                .setEntries(dictionary.entries())
                .setDigest(DeltaCodec.bytes(dictionary.digest()))
                .setCodeHashes(
                        UnsafeByteOperations.unsafeWrap(dictionary.added().bytes(start, end)))
                .build();
    }

    /** Reads a page; fails with IllegalArgumentException naming the field. */
    public static DictionaryPage read(DictionaryResponse message) {
        ByteString hashes = message.getCodeHashes();
        return new DictionaryPage(
                message.getEntries(),
                DeltaCodec.bytes32("digest", message.getDigest()),
                DeltaCodec.codeHashes("code_hashes", hashes));
    }
}
