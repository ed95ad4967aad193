@NullMarked
package org.morphogen.deploy.demo;

import org.jspecify.annotations.NullMarked;
