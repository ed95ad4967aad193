package org.morphogen.deploy.genesis;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.bouncycastle.crypto.digests.KeccakDigest;

/** The root of a Merkle Patricia trie, computed at once from all its entries (yellow paper, appendix D). */
final class MerklePatricia {
    private static final int HASH_BYTES = 32;
    private static final int BRANCHES = 16;
    private static final byte[] NOTHING = Rlp.string(new byte[0]);

    private MerklePatricia() {}

    /**
     * The root hash.
     *
     * @param entries value by key, the keys as lower-case hex digits of one length
     */
    static byte[] root(SortedMap<String, byte[]> entries) {
        return keccak256(entries.isEmpty() ? NOTHING : node(List.copyOf(entries.entrySet()), 0));
    }

    static byte[] keccak256(byte[] bytes) {
        KeccakDigest keccak = new KeccakDigest(Byte.SIZE * HASH_BYTES);
        keccak.update(bytes, 0, bytes.length);
        byte[] hash = new byte[HASH_BYTES];
        keccak.doFinal(hash, 0);
        return hash;
    }

    /** The encoded node above these sorted entries, which share their first {@code depth} digits. */
    private static byte[] node(List<Map.Entry<String, byte[]>> entries, int depth) {
        String first = entries.getFirst().getKey();
        if (entries.size() == 1) {
            byte[] value = entries.getFirst().getValue();
            return Rlp.list(List.of(Rlp.string(path(first.substring(depth), true)), Rlp.string(value)));
        }
        int shared = depth;
        String last = entries.getLast().getKey();
        while (first.charAt(shared) == last.charAt(shared)) {
            shared++;
        }
        if (shared > depth) {
            byte[] below = reference(node(entries, shared));
            return Rlp.list(List.of(Rlp.string(path(first.substring(depth, shared), false)), below));
        }
        return branch(entries, depth);
    }

    private static byte[] branch(List<Map.Entry<String, byte[]>> entries, int depth) {
        List<byte[]> items = new ArrayList<>();
        int from = 0;
        for (int digit = 0; digit < BRANCHES; digit++) {
            int to = from;
            while (to < entries.size()
                    && Character.digit(entries.get(to).getKey().charAt(depth), BRANCHES) == digit) {
                to++;
            }
            items.add(from == to ? NOTHING : reference(node(entries.subList(from, to), depth + 1)));
            from = to;
        }
        items.add(NOTHING);
        return Rlp.list(items);
    }

    private static byte[] reference(byte[] node) {
        return node.length < HASH_BYTES ? node : Rlp.string(keccak256(node));
    }

    /** Hex-prefix encoding. */
    private static byte[] path(String digits, boolean leaf) {
        int flag = leaf ? 2 : 0;
        String whole = digits.length() % 2 == 0 ? flag + "0" + digits : (flag + 1) + digits;
        return HexFormat.of().parseHex(whole);
    }
}
