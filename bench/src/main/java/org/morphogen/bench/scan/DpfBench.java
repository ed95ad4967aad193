package org.morphogen.bench.scan;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.morphogen.bench.measure.Rounds;
import org.morphogen.dpf.DpfDomain;
import org.morphogen.dpf.DpfEvaluator;
import org.morphogen.dpf.DpfKey;
import org.morphogen.dpf.DpfKeyGenerator;
import org.morphogen.dpf.DpfNodes;
import org.morphogen.node.engine.ScanEngine;

/** Expands one key to 2^20 leaves on this thread, a cache-sized tile at a time as a scan does, against AES alone. */
public final class DpfBench {
    /** Leaves of one expansion. */
    public static final int LEAVES = 1 << 20;

    private static final int WARM_UPS = 40;
    private static final int WAYS = 3;
    private static final int NARROW_ROW_BYTES = 32;
    private static final long LOOKUP_BYTES = (long) LEAVES * DpfDomain.ROWS_PER_LEAF * NARROW_ROW_BYTES;
    /** Of 256 KiB of selection bits, as a scan makes them for one key. */
    private static final int TILES = 64;

    private static final int BLOCK_BYTES = 8 << 10;
    /** Two blocks for every inner node, one for every leaf. */
    private static final int AES_BYTES = 3 * LEAVES * DpfDomain.LEAF_BYTES;

    private final DpfEvaluator evaluator = new DpfEvaluator();
    private final DpfNodes tiles = new DpfNodes();
    private final byte[] leaves = new byte[LEAVES / TILES * DpfDomain.LEAF_BYTES];
    private final byte[] plain = new byte[BLOCK_BYTES];
    private final byte[] encrypted = new byte[BLOCK_BYTES];
    private final DpfKey key = new DpfKeyGenerator(new SecureRandom())
            .generate(new DpfDomain((long) LEAVES * DpfDomain.ROWS_PER_LEAF), 0)
            .party0();
    private final Cipher aes;

    private DpfBench() throws GeneralSecurityException {
        aes = Cipher.getInstance("AES/ECB/NoPadding");
        aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(new byte[DpfDomain.LEAF_BYTES], "AES"));
    }

    /** AES alone as the baseline. */
    public static Rounds run(int rounds) throws Exception {
        DpfBench bench = new DpfBench();
        return Rounds.run(WARM_UPS, rounds, bench::aesAlone, bench::expand);
    }

    /**
     * One lookup's whole turn over 2^27 rows of 32 bytes, three keys, as the baseline; the expansion of as many leaves
     * as the subject. Both on one thread. Takes 4 GiB.
     */
    public static Rounds besideLookup(int rounds, ScanEngine engine) throws Exception {
        DpfBench bench = new DpfBench();
        CarouselBench.Load load = new CarouselBench.Load(WAYS, NARROW_ROW_BYTES, 1, LOOKUP_BYTES, 1, rounds);
        try (Matrix matrix = load.matrix();
                CarouselBench.Turns lookup = new CarouselBench.Turns(matrix, load, 1, engine)) {
            Rounds.run(0, WARM_UPS, bench::expand, bench::expand);
            return Rounds.run(2, rounds, lookup::turn, bench::expand);
        }
    }

    private byte[] aesAlone() throws GeneralSecurityException {
        for (int done = 0; done < AES_BYTES; done += BLOCK_BYTES) {
            aes.update(plain, 0, BLOCK_BYTES, encrypted, 0);
        }
        return encrypted;
    }

    private byte[] expand() {
        int level = Integer.numberOfTrailingZeros(TILES);
        evaluator.expand(key, level, 0, TILES, tiles);
        for (int tile = 0; tile < TILES; tile++) {
            evaluator.leavesBelow(key, tiles, tile, 1, leaves, 0);
        }
        return leaves;
    }
}
