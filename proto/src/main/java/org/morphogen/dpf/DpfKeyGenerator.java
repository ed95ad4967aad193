package org.morphogen.dpf;

import java.security.SecureRandom;
import org.morphogen.dpf.DpfKey.Correction;

/**
 * Makes key pairs: the tree DPF of Boyle, Gilboa and Ishai ("Function Secret Sharing: Improvements and Extensions",
 * 2016) bit for bit as docs/protocol.md describes it. Thread-safe if its source of randomness is, as every
 * {@link SecureRandom} of the JDK is. No branch and no memory access depends on the target row.
 */
public final class DpfKeyGenerator {
    private final SecureRandom random;

    /** A generator of keys with seeds from this source. */
    public DpfKeyGenerator(SecureRandom random) {
        this.random = random;
    }

    /**
     * A fresh pair that selects one row.
     *
     * @param targetRow 0 to rows - 1
     * @throws IllegalArgumentException for a row outside the domain; does not tell which
     */
    public DpfKeyPair generate(DpfDomain domain, long targetRow) {
        byte[] seeds = new byte[2 * Block.BYTES];
        random.nextBytes(seeds);
        return generate(domain, targetRow, Block.read(seeds, 0), Block.read(seeds, Block.BYTES));
    }

    /** The pair with these root seeds. */
    static DpfKeyPair generate(DpfDomain domain, long targetRow, Block seed0, Block seed1) {
        if (targetRow < 0 || targetRow >= domain.rows()) {
            throw new IllegalArgumentException("target row: is outside the domain");
        }
        KeyPath path = new KeyPath(seed0, seed1);
        int depth = domain.depth();
        Correction[] corrections = new Correction[depth];
        long targetLeaf = targetRow >>> DpfDomain.LOG_ROWS_PER_LEAF;
        for (int level = 0; level < depth; level++) {
            corrections[level] = path.descend((int) (targetLeaf >>> (depth - 1 - level)) & 1);
        }
        Block valueCorrection = path.valueCorrection(bitInLeaf(targetRow));
        return new DpfKeyPair(
                new DpfKey(0, seed0, corrections, valueCorrection), new DpfKey(1, seed1, corrections, valueCorrection));
    }

    /** The leaf in which only the row's bit is set. */
    private static Block bitInLeaf(long row) {
        long bit = 1L << (row & 63);
        long upperHalf = -((row >>> 6) & 1);
        return new Block(bit & ~upperHalf, bit & upperHalf);
    }
}
