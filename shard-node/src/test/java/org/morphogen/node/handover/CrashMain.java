package org.morphogen.node.handover;

import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.morphogen.node.epoch.StepWatch;
import org.morphogen.node.fixture.Holder;
import org.morphogen.node.fixture.Line;
import org.morphogen.node.fixture.MadeSnapshot;
import org.morphogen.node.pull.DiskPartFile;
import org.morphogen.transport.Endpoint;

/**
 * A node that takes everything over from a donor until it has made some step some times, and then is gone at once, without
 * another write. Arguments: the node's folder, a folder of its own, seed, where the donor and where the snapshot is, step,
 * times.
 */
final class CrashMain {
    /** What a process that was killed leaves. */
    static final int KILLED = 137;

    private CrashMain() {}

    public static void main(String[] args) throws InterruptedException {
        long seed = Long.parseLong(args[2]);
        MadeSnapshot snapshot = HandoverCrashTest.snapshot(Path.of(args[1]), seed);
        Line line = new Line(snapshot, new SplittableRandom(seed));
        line.blocks(CrashLeader.BLOCKS);
        StepWatch.Step last = StepWatch.Step.valueOf(args[5]);
        AtomicInteger left = new AtomicInteger(Integer.parseInt(args[6]));
        StepWatch watch = step -> {
            if (step == last && left.decrementAndGet() == 0) {
                Runtime.getRuntime().halt(KILLED);
            }
        };
        try (Holder node = new Holder(
                0, Path.of(args[0]), HandoverCrashTest.MEMORY, DiskPartFile::open, CrashLeader.settings(watch))) {
            node.generations().hold(1, snapshot.wish(0, 1, Endpoint.parse(args[4])));
            new CrashLeader(line, Endpoint.parse(args[3])).bringToHead(node);
        }
        System.exit(0);
    }
}
