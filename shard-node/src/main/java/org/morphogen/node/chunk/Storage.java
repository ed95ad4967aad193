package org.morphogen.node.chunk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/** Says what a failed disk operation means. */
public final class Storage {
    private Storage() {}

    /** STORAGE_FAILED for an operation that threw {@code cause}; {@code doing} is e.g. {@code "write"}. */
    public static MorphogenException failed(String doing, Path path, IOException cause) {
        return new MorphogenException(
                FailureReason.STORAGE_FAILED,
                "Cannot " + doing + " " + path + ": " + why(cause) + ".",
                Map.of(),
                cause);
    }

    /** The same for what a walk through folders threw. */
    public static MorphogenException failed(String doing, Path path, UncheckedIOException cause) {
        return failed(doing, path, Objects.requireNonNull(cause.getCause()));
    }

    private static String why(IOException cause) {
        if (cause instanceof NoSuchFileException) {
            return "there is no such file";
        }
        if (cause instanceof AccessDeniedException) {
            return "permission denied";
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
