package org.morphogen.node.cuda;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The driver's objects by number. A number is never given twice, so that one that was closed is not taken for another.
 * Thread-safe.
 */
final class Handles<T> {
    private final String what;
    private final AtomicLong last = new AtomicLong();
    private final Map<Long, T> open = new ConcurrentHashMap<>();

    /** Of {@code what}, for error texts. */
    Handles(String what) {
        this.what = what;
    }

    long add(T thing) {
        long handle = last.incrementAndGet();
        open.put(handle, thing);
        return handle;
    }

    /** IllegalArgumentException if it is not open. */
    T get(long handle) {
        T thing = open.get(handle);
        if (thing == null) {
            throw new IllegalArgumentException(what + " " + handle + " is not open");
        }
        return thing;
    }

    /** IllegalArgumentException if it is not open. */
    T remove(long handle) {
        T thing = open.remove(handle);
        if (thing == null) {
            throw new IllegalArgumentException(what + " " + handle + " is not open");
        }
        return thing;
    }
}
