package org.morphogen.node.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.morphogen.failure.FailureReason;
import org.morphogen.node.fixture.QueryClient;
import org.morphogen.node.fixture.QueryNode;
import org.morphogen.node.fixture.Question;
import org.morphogen.protocol.v1.QueryAnswer;
import org.morphogen.protocol.v1.QueryRequest;
import org.morphogen.protocol.v1.WayRows;
import org.morphogen.snapshot.TableManifest;

/** One client's streams to both parties. */
final class Visit implements AutoCloseable {
    private static final int MOST_WAIT_MILLIS = 50;

    private final TwoNodes nodes;
    private final SplittableRandom random;
    private final Outcomes outcomes;
    private final List<QueryClient> streams = new ArrayList<>();
    private long nextId;

    private Visit(TwoNodes nodes, SplittableRandom random, Outcomes outcomes, Function<QueryNode, QueryClient> stream) {
        this.nodes = nodes;
        this.random = random;
        this.outcomes = outcomes;
        nodes.nodes().forEach(node -> streams.add(stream.apply(node)));
    }

    /** One that takes answers as they come. */
    static Visit reading(TwoNodes nodes, SplittableRandom random, Outcomes outcomes) {
        return new Visit(nodes, random, outcomes, node -> new QueryClient(node.endpoint()));
    }

    /** One that takes no answer before {@link #read}. */
    static Visit notReading(TwoNodes nodes, SplittableRandom random, Outcomes outcomes) {
        return new Visit(nodes, random, outcomes, node -> QueryClient.notReading(node.endpoint()));
    }

    SplittableRandom random() {
        return random;
    }

    /** Asks for random rows of a random table, up to {@code mostKeys} of each way. */
    Asked ask(int mostKeys) {
        return ask(mostKeys, 0);
    }

    /** As {@link #ask(int)}, to be answered within that time; 0: whenever. */
    Asked ask(int mostKeys, int deadlineMillis) {
        List<TableManifest> tables = nodes.tables();
        TableManifest table = tables.get(random.nextInt(tables.size()));
        int keys = 1 + random.nextInt(mostKeys);
        List<List<Long>> wanted = new ArrayList<>();
        ByteString rows = ByteString.EMPTY;
        for (int way = 0; way < table.ways(); way++) {
            List<Long> inWay = new ArrayList<>();
            for (int i = 0; i < keys; i++) {
                long row = random.nextLong(table.rowsPerWay());
                inWay.add(row);
                rows = rows.concat(ByteString.copyFrom(nodes.row(table.name(), way, row)));
            }
            wanted.add(inWay);
        }
        Asked asked = new Asked(nextId++, new Question(nodes.snapshot(), table, wanted), rows);
        for (int party = 0; party < streams.size(); party++) {
            streams.get(party)
                    .send(asked.question()
                            .to(party, asked.id())
                            .setDeadlineMillis(deadlineMillis)
                            .build());
        }
        return asked;
    }

    /** Sends what is no question. */
    void babble() {
        Asked sound = new Asked(
                nextId++, Question.oneRow(nodes.snapshot(), nodes.tables().getFirst(), 1), ByteString.EMPTY);
        for (int party = 0; party < streams.size(); party++) {
            QueryRequest.Builder request = sound.question().to(party, sound.id());
            byte[] key = new byte[1 + random.nextInt(600)];
            random.nextBytes(key);
            request.getWaysBuilder(0).setKeys(0, ByteString.copyFrom(key));
            QueryAnswer answer = streams.get(party).ask(request.build());
            assertThat(answer.hasFailure()).as("a random key is refused").isTrue();
        }
        outcomes.count("refused babble");
    }

    /** Says that nobody waits for it any more. */
    void takeBack(Asked asked) {
        QueryRequest cancel =
                QueryRequest.newBuilder().setQueryId(asked.id()).setCancel(true).build();
        streams.forEach(stream -> stream.send(cancel));
    }

    /** Waits for both answers: the rows that were asked for, BUSY, or a refusal for one of these reasons. */
    void settle(Asked asked, FailureReason... alsoAllowed) {
        Set<String> allowed = allowed(alsoAllowed);
        List<QueryAnswer> answers = streams.stream()
                .map(stream -> stream.answerOrEnd(asked.id())
                        .orElseThrow(() -> new AssertionError("the stream ended: " + stream.end())))
                .toList();
        settle(asked, answers, allowed);
    }

    /** As {@link #settle}, but a stream may have been broken off because it was not read. */
    void settleOrBrokenOff(Asked asked) {
        List<QueryAnswer> answers = new ArrayList<>();
        for (QueryClient stream : streams) {
            Optional<QueryAnswer> answer = stream.answerOrEnd(asked.id());
            if (answer.isEmpty()) {
                assertThat(stream.end().getCode())
                        .as("a stream is ended for not being read alone")
                        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            }
            answer.ifPresent(answers::add);
        }
        if (answers.size() < streams.size()) {
            outcomes.count("broken off");
        } else {
            settle(asked, answers, allowed());
        }
    }

    private void settle(Asked asked, List<QueryAnswer> answers, Set<String> allowed) {
        String refusal = "";
        for (QueryAnswer answer : answers) {
            if (answer.hasFailure()) {
                refusal = answer.getFailure().getReason();
                assertThat(refusal).isIn(allowed);
                pauseIfBusy(answer);
            }
        }
        if (!refusal.isEmpty()) {
            outcomes.count(refusal);
            return;
        }
        byte[] sum = new byte[asked.rows().size()];
        answers.forEach(answer -> xorInto(sum, answer));
        assertThat(sum)
                .as("rows of both parties together")
                .isEqualTo(asked.rows().toByteArray());
        outcomes.count("right");
    }

    private void pauseIfBusy(QueryAnswer answer) {
        if (answer.getFailure().getReason().equals(FailureReason.BUSY.name())) {
            long millis = Long.parseLong(answer.getFailure().getFactsMap().get("retryAfterMillis"));
            pause((int) Math.min(millis, MOST_WAIT_MILLIS));
        }
    }

    private static Set<String> allowed(FailureReason... reasons) {
        Set<String> names = new HashSet<>(Set.of(FailureReason.BUSY.name()));
        for (FailureReason reason : reasons) {
            names.add(reason.name());
        }
        return names;
    }

    private static void xorInto(byte[] sum, QueryAnswer answer) {
        int at = 0;
        for (WayRows way : answer.getRows().getWaysList()) {
            for (byte part : way.getRows().toByteArray()) {
                sum[at++] ^= part;
            }
        }
        assertThat(at).as("bytes of an answer").isEqualTo(sum.length);
    }

    /** Takes all answers from now on. */
    void read() {
        streams.forEach(QueryClient::read);
    }

    /** Says that no more comes; both streams must end well once all is answered. */
    void sayGoodbye() {
        streams.forEach(QueryClient::halfClose);
        streams.forEach(stream -> assertThat(stream.end().getCode()).isEqualTo(Status.Code.OK));
    }

    /** Goes without a word. */
    void breakOff() {
        streams.forEach(QueryClient::cancel);
        streams.forEach(QueryClient::end);
        outcomes.count("streams left");
    }

    /** Waits, up to that long. */
    void dawdle(int mostMillis) {
        pause(random.nextInt(mostMillis + 1));
    }

    private static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        streams.forEach(QueryClient::close);
    }
}
