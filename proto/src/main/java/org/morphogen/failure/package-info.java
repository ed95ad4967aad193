/** The one vocabulary of failures and its mapping to gRPC. */
@NullMarked
package org.morphogen.failure;

import org.jspecify.annotations.NullMarked;
