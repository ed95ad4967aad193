package org.morphogen.node.shake;

import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What rewritten classes call. Public for them alone. */
public final class Points {
    private Points() {}

    /** Others may go on here. Does nothing on threads that have no schedule. */
    public static void point() {
        if (Thread.currentThread().isVirtual()) {
            Schedule.now().point();
        }
    }

    /** In place of entering a monitor. */
    public static void enter(Object monitor) {
        point();
        Schedule.now().lock(monitor).lock();
    }

    /** In place of leaving it. */
    public static void exit(Object monitor) {
        Schedule.now().lock(monitor).unlock();
        point();
    }

    /** In place of syncing a file: nobody cuts the power. */
    public static void force(FileChannel channel, boolean metadata) {
        point();
    }

    /** In place of {@link TimeUnit#sleep}. */
    public static void sleep(TimeUnit unit, long duration) throws InterruptedException {
        Schedule.now().sleep(unit.toNanos(duration));
    }

    /** In place of {@link Thread#ofPlatform}. */
    public static Builder ofPlatform() {
        return new Builder();
    }

    /** In place of the JDK's, as far as it is needed. */
    public static final class Builder {
        private @Nullable String name;

        private Builder() {}

        /** Names the thread. */
        public Builder name(String newName) {
            name = newName;
            return this;
        }

        /** No thread of a schedule keeps the process alive. */
        public Builder daemon() {
            return this;
        }

        /** A thread of the schedule. */
        public Thread unstarted(Runnable task) {
            return Schedule.now().thread(String.valueOf(name), task);
        }

        /** A thread of the schedule that is started. */
        public Thread start(Runnable task) {
            return Schedule.now().start(String.valueOf(name), task);
        }
    }
}
