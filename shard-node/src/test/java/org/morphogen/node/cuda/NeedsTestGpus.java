package org.morphogen.node.cuda;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIf;

/** For tests on GPUs of any kind: left out where there are none, not even of the processor. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@EnabledIf(
        value = "org.morphogen.node.cuda.TestGpus#areThere",
        disabledReason = "the build found no C++ compiler, so there is no CUDA driver for the processor")
public @interface NeedsTestGpus {}
