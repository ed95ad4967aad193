/** What happens to a node's epochs within one schedule, told so that it can be checked; see {@code ShakenEpochsTest}. */
@NullMarked
package org.morphogen.node.story;

import org.jspecify.annotations.NullMarked;
