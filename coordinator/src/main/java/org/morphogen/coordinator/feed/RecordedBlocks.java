package org.morphogen.coordinator.feed;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.morphogen.coordinator.ethereum.Excerpt;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.Bytes32;

/** The blocks in a file, one JSON object a line, read when they are asked for. Not thread-safe. */
final class RecordedBlocks implements AutoCloseable {
    private final Path path;
    private final RandomAccessFile file;
    private final RecordedLines lines;

    private RecordedBlocks(Path path, RandomAccessFile file, RecordedLines lines) {
        this.path = path;
        this.file = file;
        this.lines = lines;
    }

    /** Fails with SETTINGS_INVALID if there is no such file. */
    static RecordedBlocks open(Path path) {
        if (!Files.isRegularFile(path)) {
            throw new MorphogenException(
                    FailureReason.SETTINGS_INVALID, "recorded blocks: " + path + " is not a file.");
        }
        try {
            RandomAccessFile file = new RandomAccessFile(path.toFile(), "r");
            return new RecordedBlocks(path, file, RecordedLines.of(file));
        } catch (IOException broken) {
            throw unreadable(path, broken);
        }
    }

    int count() {
        return lines.count();
    }

    /** Where in the chain a line's block stands; without transactions and withdrawals. Empty for a blank line. */
    Optional<BlockHead> place(int index) {
        return read(index, at -> {
            HeadReader head = new HeadReader(at);
            // What comes after, most of the line, is left unread.
            while (!head.knowsPlace() && at.nextToken() == JsonToken.FIELD_NAME) {
                String name = at.currentName();
                at.nextToken();
                head.read(name);
            }
            return head.head();
        });
    }

    /** What a line's block changed. Empty for a blank line. */
    Optional<BlockChanges> changes(int index) {
        return read(index, at -> {
            Body body = new Body(new HeadReader(at), at);
            Json.object("block", at, body::read);
            if (at.nextToken() != null) {
                throw new BadJson("has more than one JSON object");
            }
            return body.changes();
        });
    }

    /** A line that cannot be used. */
    MorphogenException invalid(int index, String why, @Nullable Throwable cause) {
        return new MorphogenException(
                FailureReason.REQUEST_INVALID,
                "recorded blocks: " + path + " line " + (index + 1) + ": " + why + ".",
                Map.of("line", Integer.toString(index + 1)),
                cause);
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException broken) {
            throw unreadable(path, broken);
        }
    }

    private interface LineReader<T> {
        T read(JsonParser at) throws IOException;
    }

    private <T> Optional<T> read(int index, LineReader<T> reader) {
        try (JsonParser at = Json.FACTORY.createParser(lines.line(index))) {
            @Nullable JsonToken first = at.nextToken();
            if (first == null) {
                return Optional.empty();
            }
            if (first != JsonToken.START_OBJECT) {
                throw new BadJson("is not a JSON object");
            }
            return Optional.of(reader.read(at));
        } catch (JsonEOFException cut) {
            throw invalid(index, "ends in the middle; if it is the last line, remove it or record again", cut);
        } catch (BadJson bad) {
            throw invalid(index, String.valueOf(bad.getMessage()), bad);
        } catch (JacksonException broken) {
            throw invalid(index, "is not JSON: " + Excerpt.of(broken.getOriginalMessage()), broken);
        } catch (CharConversionException garbled) {
            throw invalid(index, "is not JSON: " + Excerpt.of(garbled.getMessage()), garbled);
        } catch (IOException broken) {
            throw unreadable(path, broken);
        }
    }

    private static MorphogenException unreadable(Path path, IOException broken) {
        return new MorphogenException(
                FailureReason.STORAGE_FAILED, "recorded blocks: cannot read " + path + ".", Map.of(), broken);
    }

    /** A line's fields. */
    private static final class Body {
        private final HeadReader head;
        private final JsonParser at;
        private @Nullable BlockTrace trace;
        private @Nullable Map<SlotKey, Bytes32> slots;

        Body(HeadReader head, JsonParser at) {
            this.head = head;
            this.at = at;
        }

        void read(String name) throws IOException {
            switch (name) {
                case "diffs", "trace" -> {
                    Json.once(name, trace != null);
                    trace = BlockTrace.read(at);
                }
                case "slots" -> {
                    Json.once(name, slots != null);
                    slots = SlotWords.read(name, at);
                }
                default -> head.read(name);
            }
        }

        BlockChanges changes() throws BadJson {
            if (trace == null) {
                throw new BadJson("diffs: is missing");
            }
            return trace.diffs().changes(head.head(), new StateAnswers(Map.of(), slots == null ? Map.of() : slots));
        }
    }
}
