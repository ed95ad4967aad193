package org.morphogen.bench.jmh;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.morphogen.dpf.DpfDomain;
import org.morphogen.dpf.DpfEvaluator;
import org.morphogen.dpf.DpfKey;
import org.morphogen.dpf.DpfKeyGenerator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Expanding one key to 2^20 leaves (2^27 rows), on one thread, beside the AES that it cannot do without: two blocks for
 * each inner node and one for each leaf, in one array after the other.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class DpfExpansionBenchmark {
    private static final int LEAVES = 1 << 20;
    private static final int BLOCK_BYTES = 64 << 10;
    private static final int AES_BYTES = 3 * LEAVES * DpfDomain.LEAF_BYTES;

    private final DpfEvaluator evaluator = new DpfEvaluator();
    private final DpfKey key = new DpfKeyGenerator(new SecureRandom())
            .generate(new DpfDomain((long) LEAVES * DpfDomain.ROWS_PER_LEAF), 12_345)
            .party0();
    private final byte[] leaves = new byte[LEAVES * DpfDomain.LEAF_BYTES];
    private final byte[] from = new byte[BLOCK_BYTES];
    private final byte[] into = new byte[BLOCK_BYTES];
    private final Cipher aes = aes();

    /** The expansion. */
    @Benchmark
    public byte[] expand() {
        evaluator.leaves(key, 0, LEAVES, leaves, 0);
        return leaves;
    }

    /** The baseline: the same number of AES blocks, nothing else. */
    @Benchmark
    public byte[] aesAlone() throws GeneralSecurityException {
        for (int done = 0; done < AES_BYTES; done += BLOCK_BYTES) {
            aes.update(from, 0, BLOCK_BYTES, into, 0);
        }
        return into;
    }

    private static Cipher aes() {
        try {
            Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(new byte[16], "AES"));
            return cipher;
        } catch (GeneralSecurityException everyJdkHasIt) {
            throw new IllegalStateException("this Java has no AES/ECB/NoPadding", everyJdkHasIt);
        }
    }
}
