package org.morphogen.node.carousel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.morphogen.dpf.DpfKeyPair;

/** Both parties' rides for some rows, in one carousel. */
record Asked(Fairground where, List<Long> rows, Visitor party0, Visitor party1) {
    private static final int MOST_KEYS = 20;

    static Asked of(Carousel carousel, Fairground where, Random random) {
        return of(carousel, where, 1 + random.nextInt(MOST_KEYS), random);
    }

    /** For so many rows. */
    static Asked of(Carousel carousel, Fairground where, int keyCount, Random random) {
        List<Long> rows =
                random.longs(keyCount, 0, where.geometry().rowsPerWay()).boxed().toList();
        List<DpfKeyPair> keys = where.keys(rows);
        return new Asked(
                where,
                rows,
                Visitor.board(carousel, where.ride(keys, 0), Carousel.NO_DEADLINE),
                Visitor.board(carousel, where.ride(keys, 1), Carousel.NO_DEADLINE));
    }

    void check(long seed) throws Exception {
        byte[] sum = party0.await().orElseThrow();
        byte[] other = party1.await().orElseThrow();
        int rowBytes = where.geometry().rowBytes();
        for (int i = 0; i < sum.length; i++) {
            sum[i] ^= other[i];
        }
        for (int key = 0; key < rows.size(); key++) {
            byte[] found = Arrays.copyOfRange(sum, key * rowBytes, (key + 1) * rowBytes);
            assertThat(found).as("seed %d", seed).isEqualTo(where.row(rows.get(key)));
        }
    }
}
