package org.morphogen.client.lookup;

import org.morphogen.client.view.AsOf;

/** What a lookup found out: the key's value, or that the table does not have the key. */
public sealed interface Lookup permits Found, Absent {
    /** The state that this is true of. */
    AsOf asOf();
}
