package org.morphogen.coordinator.building;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder that appears whole or not at all: it is filled beside its place, under {@code NAME.building-PID}, synced, and
 * moved there at the end. A lock on {@code NAME.building} keeps a second build away, so whatever
 * {@code NAME.building-PID} lies there at the start was left by a build that died, and is removed. Not thread-safe.
 */
final class OutputFolder implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(OutputFolder.class);
    private static final String MARK = ".building";

    private final Path target;
    private final Path lockFile;
    private final FileLock lock;
    private final Path working;

    private OutputFolder(Path target, Path lockFile, FileLock lock, Path working) {
        this.target = target;
        this.lockFile = lockFile;
        this.lock = lock;
        this.working = working;
    }

    /** Fails with SETTINGS_INVALID if the target is there already, CHANGE_IN_PROGRESS if another build makes it. */
    static OutputFolder begin(Path output) throws IOException {
        Path target = output.toAbsolutePath().normalize();
        Path parent = target.resolveSibling(".").normalize();
        refuseExisting(target);
        Files.createDirectories(parent);
        String prefix = target.getFileName() + MARK;
        Path lockFile = parent.resolve(prefix);
        FileLock lock = lock(lockFile, target);
        try {
            removeDead(parent, prefix + "-");
            Path working = parent.resolve(prefix + "-" + ProcessHandle.current().pid());
            return new OutputFolder(target, lockFile, lock, Files.createDirectory(working));
        } catch (IOException | RuntimeException failed) {
            lock.acquiredBy().close();
            throw failed;
        }
    }

    /** Where to put the files. */
    Path working() {
        return working;
    }

    /** Moves the folder to its place; its files must have been synced. */
    void publish() throws IOException {
        try (Stream<Path> inside = Files.walk(working)) {
            for (Path folder : inside.filter(Files::isDirectory).toList()) {
                sync(folder);
            }
        }
        refuseExisting(target);
        Files.move(working, target, StandardCopyOption.ATOMIC_MOVE);
        sync(target.resolveSibling(".").normalize());
    }

    /** Removes what has not been published. */
    @Override
    public void close() throws IOException {
        try {
            remove(working);
        } finally {
            Files.deleteIfExists(lockFile);
            lock.acquiredBy().close();
        }
    }

    /** Removes a folder with all that is in it; nothing if it is not there. */
    static void remove(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> inside = Files.walk(folder)) {
            for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static void refuseExisting(Path target) {
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new MorphogenException(
                    FailureReason.SETTINGS_INVALID, "out: " + target + " is there already; it is never overwritten.");
        }
    }

    private static FileLock lock(Path lockFile, Path target) throws IOException {
        FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            // A build that ended just now may have removed the file between its opening and its locking here.
            if (lock != null && Files.exists(lockFile)) {
                return lock;
            }
        } catch (OverlappingFileLockException ofThisProcess) {
            log.debug("{} is locked by this process", lockFile, ofThisProcess);
        } catch (IOException failed) {
            channel.close();
            throw failed;
        }
        channel.close();
        throw new MorphogenException(FailureReason.CHANGE_IN_PROGRESS, "out: another build is making " + target + ".");
    }

    private static void removeDead(Path parent, String prefix) throws IOException {
        List<Path> dead;
        try (Stream<Path> beside = Files.list(parent)) {
            Pattern name = Pattern.compile(Pattern.quote(prefix) + "\\d+");
            dead = beside.filter(path ->
                            name.matcher(String.valueOf(path.getFileName())).matches())
                    .toList();
        }
        for (Path folder : dead) {
            log.warn("Removing {}, left by a build that did not end", folder);
            remove(folder);
        }
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
