package org.morphogen.node.story;

import java.util.List;
import java.util.SplittableRandom;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.snapshot.ChunkId;

/** Lets a chunk leave the node and come again, as another assignment does. */
final class Mover {
    private static final int LONGEST_PAUSE_NANOS = 2_000_000;

    private final Story story;
    private final Life life;
    private final SplittableRandom random;
    private final ChunkId chunk;
    private final List<Thread> loaders;

    /** @param loaders of what the assignment before wished, which end before another one is taken up */
    Mover(Story story, Life life, SplittableRandom random, ChunkId chunk, List<Thread> loaders) {
        this.story = story;
        this.life = life;
        this.random = random;
        this.chunk = chunk;
        this.loaders = loaders;
    }

    void run() throws InterruptedException {
        for (Thread loader : loaders) {
            loader.join();
        }
        while (!life.isOver()) {
            story.schedule().sleep(random.nextInt(LONGEST_PAUSE_NANOS));
            if (life.isOver()) {
                return;
            }
            if (life.wishes(chunk)) {
                story.absent(chunk);
                life.letGo(chunk);
                story.count("left");
            } else {
                story.present(chunk);
                life.wish(chunk);
                load();
            }
        }
    }

    private void load() {
        try {
            life.load(chunk);
            story.count("entered");
        } catch (MorphogenException refused) {
            if (!life.isKilled()) {
                requireLacking(refused);
                story.absent(chunk);
                life.letGo(chunk);
                story.count("could not enter");
            }
        }
    }

    private void requireLacking(MorphogenException refused) {
        if (refused.reason() != FailureReason.STORAGE_FAILED || !story.mayLack(chunk)) {
            throw new AssertionError("chunk " + chunk + " was not taken in", refused);
        }
    }
}
