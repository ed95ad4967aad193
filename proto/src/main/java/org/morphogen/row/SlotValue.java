package org.morphogen.row;

/**
 * One storage slot of a contract.
 *
 * @param value the 32 bytes in the slot
 */
public record SlotValue(Bytes32 value) implements RowValue {}
