/** Where a key may stand: keyed hashing, three cuckoo ways, row tags. */
@NullMarked
package org.morphogen.addressing;

import org.jspecify.annotations.NullMarked;
