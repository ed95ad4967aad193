/** The accounts that Ethereum's mainnet began with. */
@NullMarked
package org.morphogen.deploy.genesis;

import org.jspecify.annotations.NullMarked;
