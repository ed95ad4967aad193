package org.morphogen.client.view;

import java.util.List;
import java.util.Optional;
import org.morphogen.epoch.Epoch;

/**
 * The epochs that a party can answer.
 *
 * @param epochs oldest first, 1 to {@value #MAX_EPOCHS}; each the one after that before it and one block later
 */
public record Window(List<Epoch> epochs) {
    /** Most epochs that a party may list. */
    static final int MAX_EPOCHS = 4096;

    public Window {
        epochs = List.copyOf(epochs);
        if (epochs.isEmpty() || epochs.size() > MAX_EPOCHS) {
            throw new IllegalArgumentException(
                    "window: " + epochs.size() + " epochs; 1 to " + MAX_EPOCHS + " are possible");
        }
        Epoch first = epochs.getFirst();
        for (int i = 0; i < epochs.size(); i++) {
            if (!isLaterBy(i, first, epochs.get(i))) {
                throw new IllegalArgumentException("window: place " + i + " is not " + i
                        + " epochs and blocks later than the oldest, epoch " + first.number());
            }
        }
    }

    /** The oldest. */
    public Epoch oldest() {
        return epochs.getFirst();
    }

    /** The newest. */
    public Epoch head() {
        return epochs.getLast();
    }

    /** The epoch of that number, if it is listed. */
    public Optional<Epoch> numbered(long number) {
        long at = number - oldest().number();
        return at < 0 || at >= epochs.size() ? Optional.empty() : Optional.of(epochs.get((int) at));
    }

    /** The epoch of that block, if it is listed. */
    Optional<Epoch> ofBlock(long number) {
        long at = number - oldest().block().number();
        return at < 0 || at >= epochs.size() ? Optional.empty() : Optional.of(epochs.get((int) at));
    }

    /**
     * The epoch of that block, if it is listed.
     *
     * @param hash {@code 0x} and 64 lower-case hex digits
     */
    Optional<Epoch> ofBlock(String hash) {
        return epochs.stream()
                .filter(epoch -> epoch.block().hash().equals(hash))
                .findFirst();
    }

    /** Whether {@code later} comes so many epochs after the earlier one, and as many blocks. */
    static boolean isLaterBy(long count, Epoch earlier, Epoch later) {
        return later.number() - earlier.number() == count
                && later.block().number() - earlier.block().number() == count;
    }
}
