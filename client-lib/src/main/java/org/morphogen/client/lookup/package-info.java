/** Private lookups: the keys asked for, the queries that hide them, and what comes back. */
@NullMarked
package org.morphogen.client.lookup;

import org.jspecify.annotations.NullMarked;
