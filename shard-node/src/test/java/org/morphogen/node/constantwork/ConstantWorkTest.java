package org.morphogen.node.constantwork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every instruction of expansions and scans is followed, for two queries: the way through the code must be the same. A
 * JVM may wander off by itself now and then (a safepoint), so each is followed several times and one equal pair is
 * enough; if the way depended on the query, there could be none.
 */
@Timeout(value = 400, unit = TimeUnit.SECONDS)
@Tag("long")
class ConstantWorkTest {
    private static final int CANNOT_LOOK = 77;
    private static final int MOST_SECONDS = 300;

    @TempDir
    private Path folder;

    @Test
    void takesTheSameWayForAnyQuery() throws IOException, InterruptedException {
        List<Subject> subjects = Subject.all();
        Map<Integer, Set<String>> ways = follow(compiled());

        for (int i = 0; i < subjects.size(); i++) {
            Set<String> common = new HashSet<>(ways.getOrDefault(1 + 2 * i, Set.of()));
            assertThat(common).as("%s was followed", subjects.get(i).name()).isNotEmpty();
            common.retainAll(ways.getOrDefault(2 + 2 * i, Set.of()));
            System.out.println(subjects.get(i).name() + ": instructions, way: " + common);
            if (subjects.get(i).name().equals(Subject.LEAKY)) {
                assertThat(common).as("a leak is seen").isEmpty();
            } else {
                assertThat(common).as(subjects.get(i).name()).isNotEmpty();
            }
        }
    }

    /** Of every name, the number of instructions and the hash of each time it was followed. */
    private Map<Integer, Set<String>> follow(Path steps) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(
                        steps.toString(),
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules",
                        "jdk.incubator.vector",
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ConstantWorkMain.class.getName()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(folder.resolve("ways").toFile())
                .start();
        boolean ended = process.waitFor(MOST_SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly();
        assertThat(ended).as("followed within %d s", MOST_SECONDS).isTrue();
        String said = Files.readString(folder.resolve("ways"));
        int status = process.exitValue();
        assumeTrue(status != CANNOT_LOOK, "the system does not let a process be followed");
        assertThat(status).as(said).isZero();
        Map<Integer, Set<String>> ways = new TreeMap<>();
        said.lines()
                .map(line -> line.split(" ", 2))
                .forEach(line -> ways.computeIfAbsent(Integer.valueOf(line[0]), name -> new HashSet<>())
                        .add(line[1]));
        return ways;
    }

    private Path compiled() throws IOException, InterruptedException {
        assumeTrue(
                System.getProperty("os.name").equals("Linux")
                        && System.getProperty("os.arch").equals("amd64"),
                "instructions are counted on Linux, x86-64");
        Path program = folder.resolve("steps");
        for (String compiler : List.of("cc", "gcc", "clang")) {
            List<String> command = new ArrayList<>(List.of(compiler, "-O2", "-Wall", "-Wextra", "-o"));
            command.addAll(
                    List.of(program.toString(), Path.of("src/test/c/steps.c").toString()));
            try {
                assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
                        .isZero();
                return program;
            } catch (IOException missing) {
                assertThat(Files.exists(program)).isFalse();
            }
        }
        assumeTrue(false, "there is no C compiler");
        return program;
    }
}
