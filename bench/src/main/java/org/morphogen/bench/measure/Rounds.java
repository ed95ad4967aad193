package org.morphogen.bench.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Times a baseline and a subject in turns, so that whatever else the machine does meets both.
 *
 * @param baselineNanos of each round
 * @param subjectNanos of each round
 */
public record Rounds(List<Long> baselineNanos, List<Long> subjectNanos) {
    /** At least one round of each. */
    public Rounds {
        baselineNanos = List.copyOf(baselineNanos);
        subjectNanos = List.copyOf(subjectNanos);
        if (baselineNanos.isEmpty() || baselineNanos.size() != subjectNanos.size()) {
            throw new IllegalArgumentException("rounds: as many of the baseline as of the subject, at least one");
        }
    }

    /** Runs {@code warmUps} rounds that do not count, then {@code rounds} that do. */
    public static Rounds run(int warmUps, int rounds, Callable<?> baseline, Callable<?> subject) throws Exception {
        List<Long> baselines = new ArrayList<>();
        List<Long> subjects = new ArrayList<>();
        for (int round = -warmUps; round < rounds; round++) {
            long baselineNanos = time(baseline);
            long subjectNanos = time(subject);
            if (round >= 0) {
                baselines.add(baselineNanos);
                subjects.add(subjectNanos);
            }
        }
        return new Rounds(baselines, subjects);
    }

    /** How often the baseline's time holds {@code work} times the subject's: the median over all rounds. */
    public Spread ratio(double work) {
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < baselineNanos.size(); round++) {
            ratios.add(work * baselineNanos.get(round) / subjectNanos.get(round));
        }
        return Spread.of(ratios);
    }

    /** How many medians of the baseline the median of the subject takes; the ends are those of the subject. */
    public Spread subjectInBaselines() {
        Spread subject = subjectMillis();
        double baseline = baselineMillis().median();
        return new Spread(subject.least() / baseline, subject.median() / baseline, subject.most() / baseline);
    }

    /** The baseline's times in milliseconds. */
    public Spread baselineMillis() {
        return millis(baselineNanos);
    }

    /** The subject's times in milliseconds. */
    public Spread subjectMillis() {
        return millis(subjectNanos);
    }

    private static Spread millis(List<Long> nanos) {
        return Spread.of(nanos.stream().map(each -> each / 1e6).toList());
    }

    private static long time(Callable<?> work) throws Exception {
        long before = System.nanoTime();
        work.call();
        return Math.max(1, System.nanoTime() - before);
    }
}
