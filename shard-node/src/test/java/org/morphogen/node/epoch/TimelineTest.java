package org.morphogen.node.epoch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.epoch.DeltaPiece;
import org.morphogen.snapshot.ChunkId;

/** The epochs of a generation beside a model that forgets nothing. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TimelineTest {
    private static final long SEED = Long.getLong("morphogen.seed", 20261126);
    private static final ChunkId CHUNK = new ChunkId("t", 0, 0);
    private static final int ROW_BYTES = 8;

    @Test
    void behavesAsOneThatForgetsNothing() {
        for (int round = 0; round < 60; round++) {
            new Round(SEED + round).run(150);
        }
    }

    @Test
    void goingBackDoesNotBringBackWhatHasLeft() {
        Epochs epochs = new Epochs(1);
        Timeline timeline = new Timeline(epochs.root(), new EpochSettings(3, 1 << 20, 1, StepWatch.NONE));
        timeline.append(epochs.next(timeline.head(), List.of()));
        try (Timeline.Pin early = timeline.pinHead()) {
            for (int block = 0; block < 6; block++) {
                timeline.append(epochs.next(timeline.head(), List.of()));
            }
            KnownEpoch oldest = timeline.oldest();
            timeline.rewind(oldest);
            assertThat(timeline.window()).containsExactly(oldest).doesNotContain(early.epoch());
        }
    }

    /** One timeline with its model. */
    private static final class Round {
        private final String what;
        private final SplittableRandom random;
        private final Epochs epochs;
        private final int windowEpochs;
        private final long windowBytes;
        private final Timeline timeline;
        private final Map<KnownEpoch, KnownEpoch> parents = new HashMap<>();
        private final Map<KnownEpoch, List<DeltaPiece>> pieces = new HashMap<>();
        private final List<Timeline.Pin> pins = new ArrayList<>();
        private List<KnownEpoch> chain = new ArrayList<>();
        private long oldest;

        Round(long seed) {
            what = "seed " + seed;
            random = new SplittableRandom(seed);
            epochs = new Epochs(seed);
            windowEpochs = 1 + random.nextInt(8);
            windowBytes = random.nextLong(1, 400);
            chain.add(epochs.root());
            timeline = new Timeline(chain.getLast(), new EpochSettings(windowEpochs, windowBytes, 1, StepWatch.NONE));
        }

        void run(int steps) {
            for (int step = 0; step < steps; step++) {
                switch (random.nextInt(8)) {
                    case 0, 1, 2 -> append();
                    case 3 -> rewind();
                    case 4, 5 -> pin();
                    default -> unpin();
                }
                assertRight();
            }
        }

        private void append() {
            List<DeltaPiece> changed = random.nextInt(4) == 0 ? List.of() : List.of(piece());
            KnownEpoch next = epochs.next(chain.getLast(), changed);
            parents.put(next, chain.getLast());
            pieces.put(next, changed);
            timeline.append(next);
            chain.add(next);
            oldest = window().getLast().number();
        }

        private DeltaPiece piece() {
            byte[] entries = new byte[DeltaPiece.entryBytes(ROW_BYTES) * (1 + random.nextInt(6))];
            for (int at = 0; at < entries.length; at += DeltaPiece.entryBytes(ROW_BYTES)) {
                entries[at + Integer.BYTES - 1] = (byte) (at / DeltaPiece.entryBytes(ROW_BYTES));
                entries[at + Integer.BYTES] = 1;
            }
            return new DeltaPiece(CHUNK, ROW_BYTES, entries);
        }

        private void rewind() {
            List<KnownEpoch> window = window();
            KnownEpoch to = window.get(random.nextInt(window.size()));
            timeline.rewind(to);
            chain = new ArrayList<>(chain.subList(0, chain.indexOf(to) + 1));
        }

        private void pin() {
            List<KnownEpoch> window = window();
            KnownEpoch wanted = window.get(random.nextInt(window.size()));
            pins.add(timeline.pin(wanted.number(), wanted.epoch().mark()));
            assertThat(pins.getLast().epoch()).as(what).isSameAs(wanted);
        }

        private void unpin() {
            if (!pins.isEmpty()) {
                pins.remove(random.nextInt(pins.size())).close();
            }
        }

        /** Newest first. */
        private List<KnownEpoch> window() {
            List<KnownEpoch> window = new ArrayList<>();
            long bytes = 0;
            for (KnownEpoch epoch : chain.reversed()) {
                if (epoch.number() < oldest || window.size() == windowEpochs || bytes > windowBytes) {
                    break;
                }
                window.add(epoch);
                bytes += pieces.getOrDefault(epoch, List.of()).stream()
                        .mapToLong(piece -> piece.entries().length)
                        .sum();
            }
            return window;
        }

        private void assertRight() {
            assertThat(timeline.window()).as(what).isEqualTo(window());
            assertThat(timeline.oldest()).as(what).isSameAs(window().getLast());
            assertThat(timeline.head()).as(what).isSameAs(chain.getLast());
            Set<KnownEpoch> kept = new HashSet<>(window());
            pins.forEach(pin -> kept.add(pin.epoch()));
            for (KnownEpoch one : kept) {
                for (KnownEpoch two : kept) {
                    assertThat(differences(one, two))
                            .as("%s, from %s to %s", what, one.epoch(), two.epoch())
                            .isEqualTo(symmetric(past(one), past(two)));
                }
            }
            assertForgotten();
        }

        private void assertForgotten() {
            long needed = window().getLast().number();
            for (Timeline.Pin pin : pins) {
                Set<KnownEpoch> past = past(pin.epoch());
                long fork = chain.stream()
                        .filter(past::contains)
                        .mapToLong(KnownEpoch::number)
                        .max()
                        .orElseThrow();
                needed = Math.min(needed, fork);
            }
            for (KnownEpoch epoch : chain) {
                if (epoch.number() < needed) {
                    assertThat(timeline.pin(epoch.epoch().digest()))
                            .as("%s, %s is needed no more", what, epoch.epoch())
                            .isEmpty();
                }
            }
        }

        private static Set<DeltaPiece> differences(KnownEpoch one, KnownEpoch two) {
            Set<DeltaPiece> found = identities();
            one.differences(two, CHUNK, piece -> assertThat(found.add(piece)).isTrue());
            return found;
        }

        private Set<DeltaPiece> symmetric(Set<KnownEpoch> one, Set<KnownEpoch> two) {
            Set<DeltaPiece> all = identities();
            one.stream().filter(epoch -> !two.contains(epoch)).forEach(epoch -> all.addAll(pieces.get(epoch)));
            two.stream().filter(epoch -> !one.contains(epoch)).forEach(epoch -> all.addAll(pieces.get(epoch)));
            return all;
        }

        private Set<KnownEpoch> past(KnownEpoch of) {
            Set<KnownEpoch> past = new HashSet<>();
            for (KnownEpoch epoch = of; parents.containsKey(epoch); epoch = parents.get(epoch)) {
                past.add(epoch);
            }
            past.add(chain.getFirst());
            return past;
        }

        private static Set<DeltaPiece> identities() {
            return Collections.newSetFromMap(new IdentityHashMap<>());
        }
    }
}
