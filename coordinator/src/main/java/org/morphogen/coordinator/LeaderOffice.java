package org.morphogen.coordinator;

import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.morphogen.coordinator.generation.GenerationControl;
import org.morphogen.coordinator.generation.Surroundings;
import org.morphogen.coordinator.leadership.LeaderTerm;
import org.morphogen.coordinator.leadership.Office;
import org.morphogen.failure.MorphogenException;

/** Opens a {@link GenerationControl} for each term that this coordinator wins. Thread-safe. */
final class LeaderOffice implements Office {
    private final Surroundings around;
    private final BiConsumer<Long, MorphogenException> onLost;
    private volatile @Nullable GenerationControl control;

    /** @param onLost told the term that turned out to be over, and why */
    LeaderOffice(Surroundings around, BiConsumer<Long, MorphogenException> onLost) {
        this.around = around;
        this.onLost = onLost;
    }

    /** The work of the current term, while this coordinator leads. */
    Optional<GenerationControl> control() {
        return Optional.ofNullable(control);
    }

    @Override
    public void begin(LeaderTerm term) {
        control = new GenerationControl(around, term, why -> onLost.accept(term.number(), why));
    }

    @Override
    public void end() {
        GenerationControl ending = control;
        control = null;
        if (ending != null) {
            ending.close();
        }
    }
}
