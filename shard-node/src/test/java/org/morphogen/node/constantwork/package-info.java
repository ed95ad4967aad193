/** Shows, by counting machine instructions, that what a server does for a query does not depend on what it asks for. */
@NullMarked
package org.morphogen.node.constantwork;

import org.jspecify.annotations.NullMarked;
