package org.morphogen.node.epoch;

import java.util.ArrayList;
import java.util.List;
import org.morphogen.epoch.DeltaPiece;

/** Entries of several deltas that fall in one stretch of a chunk, to be gone through from its first row on. */
public final class Differences {
    private final int firstRow;
    private final int endRow;
    private final List<Stretch> stretches = new ArrayList<>();

    /** Is given entries. */
    @FunctionalInterface
    public interface Each {
        /** An entry of a piece. */
        void entry(DeltaPiece piece, int entry);
    }

    private static final class Stretch {
        private final DeltaPiece piece;
        private final int end;
        private int next;

        Stretch(DeltaPiece piece, int next, int end) {
            this.piece = piece;
            this.next = next;
            this.end = end;
        }
    }

    /** None yet, of the rows from {@code firstRow} to before {@code endRow} of a chunk. */
    public Differences(int firstRow, int endRow) {
        this.firstRow = firstRow;
        this.endRow = endRow;
    }

    /** Adds those entries of a piece that fall there. */
    public void add(DeltaPiece piece) {
        int from = piece.firstFrom(firstRow);
        int end = piece.firstFrom(endRow);
        if (from < end) {
            stretches.add(new Stretch(piece, from, end));
        }
    }

    /** Whether there are none at all. */
    public boolean isEmpty() {
        return stretches.isEmpty();
    }

    /** Gives all entries of rows before {@code row} that were not given yet. */
    public void upTo(int row, Each each) {
        for (Stretch stretch : stretches) {
            while (stretch.next < stretch.end && stretch.piece.row(stretch.next) < row) {
                each.entry(stretch.piece, stretch.next++);
            }
        }
    }

    /** Gives all entries that were not given yet. */
    public void all(Each each) {
        upTo(endRow, each);
    }
}
