package org.morphogen.node.cuda;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIf;

/** For tests that tell GPUs to fail, or have them made up: left out where tests run on a real GPU, and without a driver. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@EnabledIf(
        value = "org.morphogen.node.cuda.TestGpus#areOfTheProcessor",
        disabledReason = "the build found no C++ compiler, or the GPUs are real")
public @interface NeedsHostGpu {}
