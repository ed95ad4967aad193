package org.morphogen.node.story;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.morphogen.dpf.DpfDomain;
import org.morphogen.dpf.DpfEvaluator;
import org.morphogen.dpf.DpfKey;
import org.morphogen.dpf.DpfKeyGenerator;
import org.morphogen.dpf.DpfKeyPair;
import org.morphogen.snapshot.TableManifest;

/** Keys for a table, and the sums of rows that they must come to. Made once for each shape of table: making takes long. */
final class Questions {
    private static final DpfKeyGenerator GENERATOR = new DpfKeyGenerator(new SecureRandom());
    private static final Map<DpfDomain, Questions> MADE = new HashMap<>();
    private static final int KEYS = 6;

    private final List<DpfKey> keys = new ArrayList<>();
    private final List<byte[]> bits = new ArrayList<>();

    private Questions(DpfDomain domain) {
        DpfEvaluator evaluator = new DpfEvaluator();
        for (int i = 0; i < KEYS; i++) {
            DpfKeyPair pair = GENERATOR.generate(domain, domain.rows() * i / KEYS);
            DpfKey key = pair.of(i % 2);
            byte[] selected = new byte[Math.toIntExact(domain.leaves()) * DpfDomain.LEAF_BYTES];
            evaluator.leaves(key, 0, Math.toIntExact(domain.leaves()), selected, 0);
            keys.add(key);
            bits.add(selected);
        }
    }

    static Questions of(TableManifest table) {
        return MADE.computeIfAbsent(table.geometry().domain(), Questions::new);
    }

    /** How many there are. */
    static int count() {
        return KEYS;
    }

    DpfKey key(int index) {
        return Objects.requireNonNull(keys.get(index));
    }

    /** Adds to {@code sum} those of a chunk's rows that a key selects. */
    void addTo(byte[] sum, int key, byte[] rows, long firstRow) {
        byte[] selected = bits.get(key);
        for (int row = 0; row < rows.length / sum.length; row++) {
            long at = firstRow + row;
            if ((selected[(int) (at >> 3)] >> (at & 7) & 1) != 0) {
                for (int i = 0; i < sum.length; i++) {
                    sum[i] ^= rows[row * sum.length + i];
                }
            }
        }
    }
}
