/** The demo: real accounts, two clusters, a story to read. */
@NullMarked
package org.morphogen.deploy.demo;

import org.jspecify.annotations.NullMarked;
