package org.morphogen.node.story;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.DeltaCodec;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.Failures;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.control.DeltaCalls;
import org.morphogen.protocol.v1.ApplyPart;
import org.morphogen.protocol.v1.ApplyResponse;
import org.morphogen.protocol.v1.ApplyStart;
import org.morphogen.protocol.v1.DeltaPiece;

/** Tells the node of blocks, some of them twice at the same time, and of chains that go back. */
final class Leader {
    private static final int MOST_ROWS = 48;
    private static final int ONE_REWIND_IN = 7;
    private static final int ONE_TWICE_IN = 4;
    private static final int ONE_CHANGE_OF_AN_ABSENT_CHUNK_IN = 8;
    private static final int LONGEST_PAUSE_NANOS = 400_000;

    private final Story story;
    private final Life life;
    private final SplittableRandom random;
    private final int moves;
    /** Calls that a leader no longer waits for. */
    private final List<Thread> stragglers = new ArrayList<>();

    Leader(Story story, Life life, SplittableRandom random, int moves) {
        this.story = story;
        this.life = life;
        this.random = random;
        this.moves = moves;
    }

    void run() throws InterruptedException {
        for (int move = 0; move < moves && !life.isOver(); move++) {
            story.schedule().sleep(random.nextInt(LONGEST_PAUSE_NANOS));
            if (random.nextInt(ONE_REWIND_IN) == 0) {
                rewind();
            } else {
                append();
            }
        }
    }

    /** Tells of one more block; whether the node took it. */
    boolean append() throws InterruptedException {
        Delta delta = story.truth()
                .beginAppend(
                        1 + random.nextInt(1 + random.nextInt(MOST_ROWS)),
                        id -> life.wishes(id) || random.nextInt(ONE_CHANGE_OF_AN_ABSENT_CHUNK_IN) == 0);
        Epoch next = delta.header().epoch();
        story.changing(delta.pieces().keySet());
        if (random.nextInt(ONE_TWICE_IN) == 0) {
            stragglers.add(life.act("leader again", () -> send(delta, new SplittableRandom(next.number()))));
        }
        Optional<FailureReason> failed = send(delta, random);
        if (failed.isPresent()) {
            awaitStragglers();
        }
        if (life.isKilled()) {
            return false;
        }
        story.changing(List.of());
        boolean taken =
                failed.isEmpty() || life.keeper().epochs().head().epoch().equals(next);
        if (!taken) {
            story.requireFault(failed.get());
        }
        story.truth().endAppend(taken);
        story.count(taken ? "append" : "append failed");
        if (taken) {
            story.logged(next, DeltaCodec.write(delta).getSerializedSize());
        }
        return taken;
    }

    /** Sends a delta in parts of any size; why it was refused. */
    private Optional<FailureReason> send(Delta delta, SplittableRandom cuts) {
        Answer answer = new Answer();
        StreamObserver<ApplyPart> node = DeltaCalls.open(
                answer,
                story.truth().snapshot().manifest(),
                whole -> life.keeper().apply(whole, life.wished()));
        node.onNext(ApplyPart.newBuilder()
                .setStart(ApplyStart.newBuilder().setHeader(DeltaCodec.write(delta.header())))
                .build());
        for (DeltaPiece piece : DeltaCodec.write(delta).getPiecesList()) {
            ByteString left = piece.getEntries();
            while (!left.isEmpty()) {
                int count = Math.min(left.size(), 1 + cuts.nextInt(4096));
                node.onNext(ApplyPart.newBuilder()
                        .setPiece(DeltaPiece.newBuilder()
                                .setChunk(piece.getChunk())
                                .setEntries(left.substring(0, count)))
                        .build());
                left = left.substring(count);
            }
        }
        node.onCompleted();
        return answer.refused();
    }

    private void rewind() throws InterruptedException {
        awaitStragglers();
        List<Epoch> window = story.truth().window();
        Epoch to = window.get(random.nextInt(window.size()));
        story.truth().beginRewind(to);
        boolean done = true;
        try {
            Epoch head = life.keeper().rewind(to.digest());
            if (!head.equals(to)) {
                throw new AssertionError("went back to " + head + ", not to " + to);
            }
        } catch (MorphogenException refused) {
            done = false;
            if (!life.isKilled()) {
                story.requireFault(refused.reason());
            }
        }
        if (!life.isKilled()) {
            story.truth().endRewind(to, done);
            story.count(done ? "rewind" : "rewind failed");
        }
    }

    private void awaitStragglers() throws InterruptedException {
        for (Thread straggler : stragglers) {
            straggler.join();
        }
        stragglers.clear();
    }

    private static final class Answer implements StreamObserver<ApplyResponse> {
        private Optional<FailureReason> refused = Optional.of(FailureReason.UNAVAILABLE);

        Optional<FailureReason> refused() {
            return refused;
        }

        @Override
        public void onNext(ApplyResponse response) {
            refused = Optional.empty();
        }

        @Override
        public void onError(Throwable why) {
            refused = Optional.of(Failures.fromStatus("the node", why).reason());
        }

        @Override
        public void onCompleted() {
            // The response was all.
        }
    }
}
