/** Query streams to the nodes of a party. */
@NullMarked
package org.morphogen.client.connection;

import org.jspecify.annotations.NullMarked;
