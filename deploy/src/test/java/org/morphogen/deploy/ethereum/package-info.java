@NullMarked
package org.morphogen.deploy.ethereum;

import org.jspecify.annotations.NullMarked;
