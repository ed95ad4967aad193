package org.morphogen.coordinator.cli;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.PrintWriter;
import java.util.function.Function;

/** Prints what a command found, as text or as JSON. Not thread-safe. */
public final class CommandOutput {
    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    private final PrintWriter out;
    private final OutputFormat format;

    /** Prints to {@code out}, normally the command line's {@code getOut()}. */
    public CommandOutput(PrintWriter out, OutputFormat format) {
        this.out = out;
        this.format = format;
    }

    /** Prints a record: its components as JSON, or the text that {@code toText} makes of it. */
    public <T> void print(T data, Function<? super T, String> toText) {
        switch (format) {
            case TEXT -> out.println(toText.apply(data));
            case JSON -> out.println(json(data));
        }
        out.flush();
    }

    private static String json(Object data) {
        try {
            return JSON.writeValueAsString(data);
        } catch (JacksonException impossible) {
            throw new IllegalStateException("a command's data is always writable", impossible);
        }
    }
}
