package org.morphogen.node.epoch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.morphogen.node.fixture.Holder;
import org.morphogen.node.pull.DiskPartFile;

/**
 * A node that goes through a script until it has made some step some times, and then is gone at once, without another
 * write. Says each move that was acknowledged, and how long the newest log file was then. Arguments: the node's folder, a
 * folder of its own, seed, moves made before, step, times.
 */
final class CrashMain {
    /** What a process that was killed leaves. */
    static final int KILLED = 137;

    private static final long MEMORY = 64L << 20;
    private static final int MOST_MOVES = 1500;

    private CrashMain() {}

    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        CrashScript script = new CrashScript(Path.of(args[1]), Long.parseLong(args[2]));
        script.skipTo(Integer.parseInt(args[3]));
        StepWatch.Step last = StepWatch.Step.valueOf(args[4]);
        AtomicInteger left = new AtomicInteger(Integer.parseInt(args[5]));
        try (Holder node = new Holder(0, folder, MEMORY, DiskPartFile::open, CrashScript.settings(step -> {
            if (step == last && left.decrementAndGet() == 0) {
                Runtime.getRuntime().halt(KILLED);
            }
        }))) {
            node.awaitComplete(1);
            EpochKeeper keeper =
                    node.generations().find(1).orElseThrow().keeper().orElseThrow();
            for (int move = 0; move < MOST_MOVES; move++) {
                CrashScript.Move next = script.next();
                next.tell(keeper, script.held());
                Path log = newestLog(node.directory().generation(1).path());
                System.out.println(script.done() + " " + log.getFileName() + " " + Files.size(log));
            }
        }
        System.exit(0);
    }

    /** The log file that is written to. */
    static Path newestLog(Path generation) throws IOException {
        try (Stream<Path> all = Files.list(generation)) {
            return all.filter(path -> path.toString().endsWith(".log"))
                    .max(Path::compareTo)
                    .orElseThrow();
        }
    }
}
