package org.morphogen.row;

/** What a row holds beside its tag. Never the key: an answer does not repeat the question. */
public sealed interface RowValue permits AccountValue, SlotValue, BytesValue {}
