/** What an operator's monitoring reads. Nothing here depends on what was asked, only on how much. */
@NullMarked
package org.morphogen.node.metrics;

import org.jspecify.annotations.NullMarked;
