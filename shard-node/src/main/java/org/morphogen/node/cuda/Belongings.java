package org.morphogen.node.cuda;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongConsumer;

/** What is given back to a GPU together: the newest first, and each though another is not taken. For one thread at a time. */
final class Belongings implements AutoCloseable {
    private final Deque<AutoCloseable> all = new ArrayDeque<>();

    /** Something more. */
    <T extends AutoCloseable> T add(T one) {
        all.push(one);
        return one;
    }

    /** Something more, by its number or address. */
    long add(long one, LongConsumer giveBack) {
        all.push(() -> giveBack.accept(one));
        return one;
    }

    @Override
    public void close() {
        while (!all.isEmpty()) {
            Gpu.letGo(all.pop());
        }
    }
}
