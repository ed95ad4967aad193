package org.morphogen.node.chunk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;

/**
 * The folder that this node, and no other process, keeps everything in:
 *
 * <pre>
 * lock                      held by the process that uses the folder
 * term.json                 newest leader's term
 * generations/0000000001/   one {@link GenerationFolder} a generation
 * </pre>
 *
 * <p>Thread-safe. Closing it lets another process have the folder.
 */
public final class DataDirectory implements AutoCloseable {
    private static final Pattern GENERATION = Pattern.compile("\\d{10,19}");

    private final Path root;
    private final FileChannel lock;

    private DataDirectory(Path root, FileChannel lock) {
        this.root = root;
        this.lock = lock;
    }

    /** Makes the folder if need be and takes it; fails with STORAGE_FAILED when another process has it. */
    public static DataDirectory open(Path root) {
        Path absolute = root.toAbsolutePath().normalize();
        try {
            DurableFile.createFolders(absolute.resolve("generations"));
            FileChannel channel =
                    FileChannel.open(absolute.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                channel.close();
                throw new MorphogenException(
                        FailureReason.STORAGE_FAILED,
                        "dataDirectory: " + absolute + " is in use by another node process; give every node its own.");
            }
            return new DataDirectory(absolute, channel);
        } catch (IOException unusable) {
            throw Storage.failed("use", absolute, unusable);
        }
    }

    /** Where the newest term is kept. */
    public Path termFile() {
        return root.resolve("term.json");
    }

    /** The folder of one generation; it need not exist yet. */
    public GenerationFolder generation(long generation) {
        return new GenerationFolder(
                root.resolve("generations").resolve(String.format(Locale.ROOT, "%010d", generation)));
    }

    /** Numbers of the generations that have a folder, ascending. */
    public List<Long> generations() {
        Path folder = root.resolve("generations");
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> String.valueOf(entry.getFileName()))
                    .flatMap(name -> number(name).stream())
                    .sorted()
                    .toList();
        } catch (UncheckedIOException unreadable) {
            throw Storage.failed("list", folder, unreadable);
        } catch (IOException unreadable) {
            throw Storage.failed("list", folder, unreadable);
        }
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException unusual) {
            throw Storage.failed("unlock", root, unusual);
        }
    }

    private static Optional<Long> number(String name) {
        try {
            return GENERATION.matcher(name).matches() ? Optional.of(Long.valueOf(name)) : Optional.empty();
        } catch (NumberFormatException tooLarge) {
            return Optional.empty();
        }
    }

    /** Null when somebody else holds it: another process, or another node in this one. */
    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException inThisProcess) {
            return null;
        }
    }
}
