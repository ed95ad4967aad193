package org.morphogen.node.constantwork;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Does what {@link Subject}s do, each many times until it is compiled and then between marks, query 0 and 1 in turns. */
final class ConstantWorkMain {
    private static final int ATTEMPTS = 4;
    private static final long WARM_NANOS = TimeUnit.SECONDS.toNanos(3);

    private ConstantWorkMain() {}

    public static void main(String[] args) throws IOException {
        List<Subject> subjects = Subject.all();
        for (Subject subject : subjects) {
            long start = System.nanoTime();
            while (System.nanoTime() - start < WARM_NANOS) {
                marked(subject, 0, 0);
                marked(subject, 0, 1);
            }
        }
        System.out.println("ready " + Marks.thread());
        if (System.in.read() < 0) {
            throw new IllegalStateException("nobody looks");
        }
        for (int i = 0; i < subjects.size(); i++) {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                marked(subjects.get(i), i, 0);
                marked(subjects.get(i), i, 1);
            }
        }
        Marks.noMore();
    }

    private static void marked(Subject subject, int number, int query) {
        Marks.begin(1 + 2 * number + query);
        subject.work().of(query);
        Marks.end();
    }
}
