package org.morphogen.client.lookup;

import org.morphogen.client.view.AsOf;
import org.morphogen.row.RowValue;

/**
 * The table has the key.
 *
 * @param value what the key's row holds
 */
public record Found(RowValue value, AsOf asOf) implements Lookup {
    /** Without the value: a balance often tells whose it is. */
    @Override
    public String toString() {
        return "Found[value hidden, asOf=" + asOf + "]";
    }
}
