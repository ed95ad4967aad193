/** Parties made by hand for the client's tests: small matrices behind real gRPC servers, with faults on demand. */
@NullMarked
package org.morphogen.client.party;

import org.jspecify.annotations.NullMarked;
