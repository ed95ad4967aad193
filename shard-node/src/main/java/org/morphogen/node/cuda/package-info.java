/** NVIDIA GPUs: what there is, and one class through which all else reaches them. */
@NullMarked
package org.morphogen.node.cuda;

import org.jspecify.annotations.NullMarked;
