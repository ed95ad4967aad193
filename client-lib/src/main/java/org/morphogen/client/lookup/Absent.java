package org.morphogen.client.lookup;

import org.morphogen.client.view.AsOf;

/** The table does not have the key: for an account, that it was never used. */
public record Absent(AsOf asOf) implements Lookup {}
