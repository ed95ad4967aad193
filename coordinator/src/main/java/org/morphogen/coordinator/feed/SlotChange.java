package org.morphogen.coordinator.feed;

import java.util.Optional;
import org.morphogen.row.Bytes32;
import org.morphogen.row.Slot48;

/**
 * A storage slot that a block changed, or may have.
 *
 * @param after the word in it after the block, not zero, and perhaps the one before; empty if the slot was cleared, or was
 *     not set before either
 */
public record SlotChange(Address address, Bytes32 slot, Optional<Bytes32> after) {
    /** Checks that a word is not zero. */
    public SlotChange {
        if (after.filter(Words::isZero).isPresent()) {
            throw new IllegalArgumentException("after: a slot with the word zero is a cleared one");
        }
    }

    /** The key of the slot's row. */
    public byte[] key() {
        return Slot48.key(address.bytes(), slot);
    }
}
