package org.morphogen.coordinator.feed;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.morphogen.coordinator.ethereum.Excerpt;

/** Reads the reply to a batch of calls of one kind, in one go. Not thread-safe. */
final class ReplyReader<T> {
    private final List<@Nullable RpcAnswer<T>> answers;
    private final ResultReader<T> results;

    /** Reads a call's result; the parser stands at its first token, and afterwards at its last. */
    interface ResultReader<T> {
        T read(JsonParser at) throws IOException;
    }

    private ReplyReader(int calls, ResultReader<T> results) {
        this.answers = new ArrayList<>(Collections.nCopies(calls, null));
        this.results = results;
    }

    /** The answers in the order of the calls. */
    static <T> List<RpcAnswer<T>> read(InputStream in, int calls, ResultReader<T> results) throws IOException {
        try (JsonParser at = Json.FACTORY.createParser(in)) {
            ReplyReader<T> reader = new ReplyReader<>(calls, results);
            if (at.nextToken() == JsonToken.START_ARRAY) {
                Json.array("reply", at, () -> reader.answer(at, false));
            } else {
                reader.answer(at, true);
            }
            if (at.nextToken() != null) {
                throw new BadJson("reply: something follows it");
            }
            return reader.all();
        }
    }

    private void answer(JsonParser at, boolean alone) throws IOException {
        Fields fields = new Fields(at);
        Json.object("reply", at, fields::read);
        RpcAnswer<T> answer = fields.answer();
        boolean ofAll = alone && fields.id < 0 && answer instanceof RpcAnswer.Refusal<T>;
        if (ofAll) {
            // A node that cannot read the batch, or takes none, answers with one error that has no id.
            Collections.fill(answers, answer);
        } else if (fields.id < 0 || fields.id >= answers.size() || answers.get(fields.id) != null) {
            throw new BadJson("reply: an id is missing, unknown or there twice");
        } else {
            answers.set(fields.id, answer);
        }
    }

    private List<RpcAnswer<T>> all() throws BadJson {
        List<RpcAnswer<T>> all = new ArrayList<>();
        for (@Nullable RpcAnswer<T> answer : answers) {
            if (answer == null) {
                throw new BadJson("reply: lacks the answer to one of " + answers.size() + " calls");
            }
            all.add(answer);
        }
        return all;
    }

    /** The fields of one answer, in any order. */
    private final class Fields {
        private final JsonParser at;
        private int id = -1;
        private @Nullable RpcAnswer<T> answer;

        Fields(JsonParser at) {
            this.at = at;
        }

        void read(String name) throws IOException {
            switch (name) {
                case "id" -> id = at.currentToken() == JsonToken.VALUE_NUMBER_INT ? at.getIntValue() : -1;
                case "result" -> set(new RpcAnswer.Result<>(results.read(at)));
                case "error" -> {
                    if (at.currentToken() != JsonToken.VALUE_NULL) {
                        RefusalFields refusal = new RefusalFields(at);
                        Json.object(name, at, refusal::read);
                        set(new RpcAnswer.Refusal<>(refusal.code, refusal.message));
                    }
                }
                default -> at.skipChildren();
            }
        }

        RpcAnswer<T> answer() throws BadJson {
            if (answer == null) {
                throw new BadJson("reply: has neither result nor error");
            }
            return answer;
        }

        private void set(RpcAnswer<T> found) throws BadJson {
            Json.once("reply: result or error", answer != null);
            answer = found;
        }
    }

    private static final class RefusalFields {
        private final JsonParser at;
        private long code;
        private String message = "";

        RefusalFields(JsonParser at) {
            this.at = at;
        }

        void read(String name) throws IOException {
            switch (name) {
                case "code" -> code = at.currentToken() == JsonToken.VALUE_NUMBER_INT ? at.getLongValue() : 0;
                case "message" -> message = Excerpt.of(Json.text("error.message", at));
                default -> at.skipChildren();
            }
        }
    }
}
