/** What the CUDA engine takes on the GPUs of this machine, against the GPU's own limits. */
@NullMarked
package org.morphogen.bench.gpu;

import org.jspecify.annotations.NullMarked;
