/** The door of the light client's library: {@link org.morphogen.client.MorphogenClient} and its settings. */
@NullMarked
package org.morphogen.client;

import org.jspecify.annotations.NullMarked;
