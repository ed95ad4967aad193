package org.morphogen.coordinator.building.cuckoo;

import org.morphogen.dpf.DpfDomain;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/**
 * How full a table is built: keys for each row. Three ways can be filled to 0.9179 at most; close below that, placing
 * takes longer and fails more often.
 *
 * @param value 0.50 to 0.915
 */
public record LoadFactor(double value) {
    /** The usual one. */
    public static final LoadFactor USUAL = new LoadFactor(0.90);

    private static final double LEAST = 0.50;
    private static final double GREATEST = 0.915;

    public LoadFactor {
        if (!(value >= LEAST && value <= GREATEST)) {
            throw new MorphogenException(
                    FailureReason.SETTINGS_INVALID,
                    "load: " + value + " is not between " + LEAST + " and " + GREATEST + ".");
        }
    }

    /** Rows that each way gets for so many keys: a multiple of 128, at least 128. */
    public long rowsPerWay(long keys) {
        long rows = (long) Math.ceil(keys / (CandidateRows.WAYS * value));
        long leaves = Math.max(1, Math.ceilDiv(rows, DpfDomain.ROWS_PER_LEAF));
        return leaves * DpfDomain.ROWS_PER_LEAF;
    }
}
