/** What the two parties say that they serve, whether they agree, and the public files of the snapshot they agree on. */
@NullMarked
package org.morphogen.client.view;

import org.jspecify.annotations.NullMarked;
