package org.morphogen.coordinator.delta;

import java.util.List;

/** What a {@link DeltaPlanner} comes to. */
public sealed interface DeltaPlan {
    /**
     * All keys stand as wanted once these changes are made.
     *
     * @param changes ordered by place, no place twice, no diff all zero
     */
    record Planned(List<RowChange> changes) implements DeltaPlan {
        public Planned {
            changes = List.copyOf(changes);
        }
    }

    /**
     * Some new keys found no row: nothing of the block may be changed, and the table must be built anew, larger.
     *
     * @param homeless new keys that found none; {@link #MOST_HOMELESS} stands for as many or more
     */
    record Full(int homeless) implements DeltaPlan {
        /** So many keys are looked for in vain, then no more. */
        public static final int MOST_HOMELESS = 8;

        public Full {
            if (homeless < 1 || homeless > MOST_HOMELESS) {
                throw new IllegalArgumentException("homeless: must be 1 to " + MOST_HOMELESS + ", is " + homeless);
            }
        }
    }
}
