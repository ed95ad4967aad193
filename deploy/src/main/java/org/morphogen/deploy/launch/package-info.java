/** The command line: one class a command. */
@NullMarked
package org.morphogen.deploy.launch;

import org.jspecify.annotations.NullMarked;
