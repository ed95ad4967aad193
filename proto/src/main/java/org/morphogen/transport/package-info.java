/** The one place that opens a gRPC channel or server: TLS, limits, deadlines. */
@NullMarked
package org.morphogen.transport;

import org.jspecify.annotations.NullMarked;
