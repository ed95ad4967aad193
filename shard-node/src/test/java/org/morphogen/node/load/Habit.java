package org.morphogen.node.load;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.morphogen.failure.FailureReason;

/** What a client does on one visit. */
enum Habit {
    /** One question after the other. */
    STEADY(true) {
        @Override
        void act(Visit visit) {
            for (int i = 0; i < 20; i++) {
                visit.settle(visit.ask(4));
            }
        }
    },
    /** Some questions at once, then goodbye before the answers are there. */
    PIPELINED(true) {
        @Override
        void act(Visit visit) {
            List<Asked> asked = questions(visit, 8, 8, 0);
            visit.sayGoodbye();
            asked.forEach(visit::settle);
        }
    },
    /** Gone while its questions are aboard. */
    LEAVING(true) {
        @Override
        void act(Visit visit) {
            questions(visit, 6, 16, 0);
            visit.dawdle(20);
            visit.breakOff();
        }
    },
    /** Takes back half of what it asked. */
    TAKING_BACK(true) {
        @Override
        void act(Visit visit) {
            List<Asked> asked = questions(visit, 6, 8, 0);
            visit.dawdle(10);
            for (int i = 0; i < asked.size(); i += 2) {
                visit.takeBack(asked.get(i));
            }
            for (int i = 0; i < asked.size(); i++) {
                if (i % 2 == 0) {
                    visit.settle(asked.get(i), FailureReason.QUERY_CANCELLED);
                } else {
                    visit.settle(asked.get(i));
                }
            }
        }
    },
    /** Has little time. */
    HASTY(true) {
        @Override
        void act(Visit visit) {
            questions(visit, 8, 8, 30).forEach(asked -> visit.settle(asked, FailureReason.DEADLINE_PASSED));
        }
    },
    /** Asks for much and takes the answers late. */
    SLOW(false) {
        @Override
        void act(Visit visit) {
            List<Asked> asked = questions(visit, 12, 150, 0);
            visit.dawdle(400);
            visit.read();
            asked.forEach(visit::settleOrBrokenOff);
        }
    },
    /** More at once than the node takes. */
    CROWDING(true) {
        @Override
        void act(Visit visit) {
            questions(visit, 8, 150, 0).forEach(visit::settleOrBrokenOff);
        }
    },
    /** Sends nonsense between questions. */
    BABBLING(true) {
        @Override
        void act(Visit visit) {
            for (int i = 0; i < 5; i++) {
                visit.babble();
                visit.settle(visit.ask(2));
            }
        }
    };

    private final boolean reading;

    Habit(boolean reading) {
        this.reading = reading;
    }

    abstract void act(Visit visit);

    /** Comes, acts and is gone. */
    void visit(TwoNodes nodes, SplittableRandom random, Outcomes outcomes) {
        try (Visit visit =
                reading ? Visit.reading(nodes, random, outcomes) : Visit.notReading(nodes, random, outcomes)) {
            act(visit);
        }
    }

    /** Up to so many questions, without waiting; {@code mostMillis} above 0: each with a deadline of up to that. */
    private static List<Asked> questions(Visit visit, int most, int mostKeys, int mostMillis) {
        List<Asked> asked = new ArrayList<>();
        int count = 1 + visit.random().nextInt(most);
        for (int i = 0; i < count; i++) {
            asked.add(
                    visit.ask(mostKeys, mostMillis == 0 ? 0 : 1 + visit.random().nextInt(mostMillis)));
        }
        return asked;
    }
}
