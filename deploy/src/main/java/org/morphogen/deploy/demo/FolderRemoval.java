package org.morphogen.deploy.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes a folder with all that is in it. */
final class FolderRemoval {
    private static final Logger log = LoggerFactory.getLogger(FolderRemoval.class);

    private FolderRemoval() {}

    /** Removes what can be removed; what cannot is named in the log. */
    static void remove(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> inside = Files.walk(folder)) {
            List<Path> deepestFirst = inside.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | UncheckedIOException failed) {
            log.warn("Could not remove {}: {}", folder, failed.getMessage());
        }
    }
}
