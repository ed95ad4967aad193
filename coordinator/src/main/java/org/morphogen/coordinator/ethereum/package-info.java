/** What the readers of Ethereum's files and of its nodes' answers share. */
@NullMarked
package org.morphogen.coordinator.ethereum;

import org.jspecify.annotations.NullMarked;
