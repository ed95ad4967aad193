/** Building snapshots from account and storage data, and checking them. */
@NullMarked
package org.morphogen.coordinator.building;

import org.jspecify.annotations.NullMarked;
