package org.morphogen.node.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.ByteVector;

/**
 * What this machine's vectors can do.
 *
 * @param vectorBytes width that the JVM prefers
 * @param bytePermute whether 64 bytes can be looked up by one instruction (AVX-512 VBMI)
 */
record VectorHardware(int vectorBytes, boolean bytePermute) {
    private static final Path CPU_FLAGS = Path.of("/proc/cpuinfo");

    /** This machine; where the system does not tell, without the byte permutation. */
    static VectorHardware detect() {
        return new VectorHardware(ByteVector.SPECIES_PREFERRED.vectorByteSize(), hasFlag("avx512vbmi"));
    }

    private static boolean hasFlag(String flag) {
        try (var lines = Files.lines(CPU_FLAGS)) {
            List<String> flags = lines.filter(line -> line.startsWith("flags"))
                    .findFirst()
                    .map(line -> Arrays.asList(line.split("\\s+")))
                    .orElse(List.of());
            return flags.contains(flag) || flags.contains("avx512_vbmi");
        } catch (IOException unknown) {
            return false;
        }
    }
}
