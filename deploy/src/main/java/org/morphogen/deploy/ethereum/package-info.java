/** A real Ethereum node on this machine, which begins with mainnet's genesis state. */
@NullMarked
package org.morphogen.deploy.ethereum;

import org.jspecify.annotations.NullMarked;
