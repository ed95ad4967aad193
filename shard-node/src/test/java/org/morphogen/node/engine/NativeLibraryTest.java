package org.morphogen.node.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class NativeLibraryTest {
    @Test
    void saysThatTheBuildMadeNone() {
        assertThat(NativeLibrary.load("native/nowhere/libmorphogen-scan.so"))
                .isInstanceOfSatisfying(
                        EngineFinding.Lacks.class,
                        lacks -> assertThat(lacks.reason()).contains("no C compiler"));
    }

    @Test
    void saysThatAFileIsNoLibrary() {
        assertThat(NativeLibrary.load("NativeLibraryTest.class"))
                .isInstanceOfSatisfying(
                        EngineFinding.Lacks.class,
                        lacks -> assertThat(lacks.reason()).contains("cannot be loaded"));
    }
}
