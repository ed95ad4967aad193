package org.morphogen.coordinator.feed;

import java.util.Optional;
import org.morphogen.row.AccountValue;

/**
 * An account that a block changed.
 *
 * @param after the account's whole value after the block; empty if it is no more, or was not there before either
 */
public record AccountChange(Address address, Optional<AccountValue> after) {}
