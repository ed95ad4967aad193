@NullMarked
package org.morphogen.deploy.launch;

import org.jspecify.annotations.NullMarked;
