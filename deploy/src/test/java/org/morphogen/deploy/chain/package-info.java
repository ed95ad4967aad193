/** Whole parties that follow a chain which a test makes up. */
@NullMarked
package org.morphogen.deploy.chain;

import org.jspecify.annotations.NullMarked;
