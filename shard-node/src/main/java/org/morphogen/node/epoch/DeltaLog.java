package org.morphogen.node.epoch;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.DeltaCodec;
import org.morphogen.epoch.DeltaHeader;
import org.morphogen.epoch.Epoch;
import org.morphogen.epoch.PieceDigest;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.chunk.DurableFile;
import org.morphogen.node.chunk.Storage;
import org.morphogen.protocol.v1.DeltaLogRecord;
import org.morphogen.row.Bytes32;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.Manifest;

/**
 * The deltas of one generation on disk, in the order in which they came, and the epochs gone back to. A step is synced
 * before {@link #append} or {@link #rewind} returns. Files {@code deltas-0000000001.log} and on; the oldest go when no
 * chunk needs them any more. It begins at the snapshot's epoch, or at the one that {@link #replace} was told. In memory it
 * keeps some 200 bytes a delta and the code hashes that it adds. Thread-safe.
 *
 * <p>A torn end, as a crash leaves it, is cut off when the log is opened: nobody was told that it was kept. Damage
 * anywhere else is an error, never skipped.
 */
final class DeltaLog implements AutoCloseable {
    /** Fact of a failure: what is on the disk can be read and is wrong, so that trying again is no use. */
    static final String DAMAGED = "damagedLog";

    private static final Pattern NAME = Pattern.compile("deltas-(\\d{10})\\.log");

    private final Path folder;
    private final long fileBytes;
    private final StepWatch watch;
    private final Deque<LogFile> files = new ArrayDeque<>();
    /** By the digest of the epoch that they lead to. */
    private final Map<Bytes32, LogEntry> entries = new HashMap<>();

    /** By chunk the last epoch whose delta changed it but is here without that piece. */
    private final Map<ChunkId, Long> lacking = new HashMap<>();

    private Optional<Epoch> beginning = Optional.empty();
    private Optional<Bytes32> tip = Optional.empty();
    private long nextNumber = 1;
    private boolean broken;

    private DeltaLog(Path folder, long fileBytes, StepWatch watch) {
        this.folder = folder;
        this.fileBytes = fileBytes;
        this.watch = watch;
    }

    /**
     * Opens the log in a folder that is there; fails with STORAGE_FAILED when it is damaged or cannot be read.
     *
     * @param fileBytes after which a new file is begun
     */
    static DeltaLog open(Path folder, long fileBytes, StepWatch watch) {
        DeltaLog log = new DeltaLog(folder, fileBytes, watch);
        try {
            log.openFiles();
            return log;
        } catch (LogFile.NoDeltaLog wrong) {
            log.close();
            throw damaged(String.valueOf(wrong.getMessage()));
        } catch (IOException unreadable) {
            log.close();
            throw Storage.failed("read the delta log in", folder, unreadable);
        } catch (RuntimeException | Error failed) {
            log.close();
            throw failed;
        }
    }

    /**
     * Puts a log that begins at an epoch in the place of the one in a folder, damaged or not, which nobody has open. A
     * crash on the way leaves the newer part of the old log, or nothing. Fails with STORAGE_FAILED.
     */
    static void replace(Path folder, Epoch beginning, StepWatch watch) {
        try {
            for (Path old : filesIn(folder)) {
                DurableFile.delete(old);
                watch.reached(StepWatch.Step.LOG_SHORTENED);
            }
            try (LogFile file = LogFile.open(folder.resolve(name(1)))) {
                file.append(DeltaLogRecord.newBuilder()
                        .setBeginAt(DeltaCodec.write(beginning))
                        .build()
                        .toByteArray());
                file.sync();
            }
            DurableFile.syncFolderOf(folder.resolve(name(1)));
            watch.reached(StepWatch.Step.LOG_BEGUN);
        } catch (IOException stuck) {
            throw Storage.failed("begin the delta log anew in", folder, stuck);
        }
    }

    /** Where it begins, if it still reaches back that far and that is not the snapshot's epoch. */
    synchronized Optional<Epoch> beginning() {
        return beginning;
    }

    /** The digest of the epoch that the log leads to; empty while it holds nothing. */
    synchronized Optional<Bytes32> tip() {
        return tip;
    }

    /** Bytes of all files. */
    synchronized long bytes() {
        return files.stream().mapToLong(LogFile::size).sum();
    }

    /** Whether a delta later than to epoch {@code after} changed the chunk, and its piece is not here. */
    synchronized boolean lacks(ChunkId chunk, long after) {
        return lastLacking(chunk) > after;
    }

    /** The last epoch whose delta changed the chunk and is here without that piece; 0 if there is none. */
    synchronized long lastLacking(ChunkId chunk) {
        return lacking.getOrDefault(chunk, 0L);
    }

    /** The entries that lead to the tip, oldest first, from as far back as the log reaches. */
    synchronized List<LogEntry> chain() {
        List<LogEntry> newestFirst = new ArrayList<>();
        Optional<LogEntry> entry = tip.map(entries::get);
        while (entry.isPresent()) {
            newestFirst.add(entry.get());
            entry = Optional.ofNullable(entries.get(entry.get().parentDigest()));
        }
        return newestFirst.reversed();
    }

    /** Reads a delta; any thread may while its entry is in the log. */
    Delta read(LogEntry entry, Manifest manifest) {
        try {
            DeltaLogRecord record = LogFile.read(entry.file().path(), entry.at())
                    .map(DeltaLog::parse)
                    .filter(DeltaLogRecord::hasDelta)
                    .orElseThrow(() -> damaged(entry.file(), entry.at()));
            return DeltaCodec.read(record.getDelta(), manifest);
        } catch (IllegalArgumentException wrong) {
            throw new MorphogenException(
                    FailureReason.STORAGE_FAILED,
                    entry.file().path() + " is damaged: " + wrong.getMessage() + ".",
                    Map.of(),
                    wrong);
        } catch (IOException unreadable) {
            throw Storage.failed("read", entry.file().path(), unreadable);
        }
    }

    /** Once this returns, the delta survives a crash. Fails with STORAGE_FAILED; the log is then as it was. */
    synchronized void append(Delta delta) {
        DeltaLogRecord record =
                DeltaLogRecord.newBuilder().setDelta(DeltaCodec.write(delta)).build();
        LogFile file = fileWithRoom();
        long at = write(file, record);
        LogEntry entry = LogEntry.of(delta.header(), file, at);
        noteLacking(delta.header(), delta.pieces().keySet());
        entries.put(entry.epoch().digest(), entry);
        tip = Optional.of(entry.epoch().digest());
    }

    private void noteLacking(DeltaHeader header, Set<ChunkId> present) {
        for (PieceDigest changed : header.pieces()) {
            if (!present.contains(changed.chunk())) {
                lacking.merge(changed.chunk(), header.number(), Math::max);
            }
        }
    }

    /** Once this returns, the log leads to that epoch even after a crash. */
    synchronized void rewind(Bytes32 to) {
        write(
                fileWithRoom(),
                DeltaLogRecord.newBuilder().setRewindTo(DeltaCodec.bytes(to)).build());
        tip = Optional.of(to);
    }

    /**
     * Removes the oldest files as long as all their deltas lead to epochs before {@code epoch}. That epoch's own delta
     * stays: it tells its block.
     */
    synchronized void forgetBefore(long epoch) {
        while (files.size() > 1) {
            LogFile oldest = files.getFirst();
            boolean needed = entries.values().stream()
                    .anyMatch(entry -> entry.file() == oldest && entry.epoch().number() >= epoch);
            if (needed || beginning.filter(at -> at.number() >= epoch).isPresent()) {
                return;
            }
            try {
                // First of all: if it stays, those behind it must stay too.
                DurableFile.delete(oldest.path());
                files.removeFirst();
                beginning = Optional.empty();
                entries.values().removeIf(entry -> entry.file() == oldest);
                oldest.close();
            } catch (IOException stuck) {
                throw Storage.failed("remove", oldest.path(), stuck);
            }
            watch.reached(StepWatch.Step.LOG_SHORTENED);
        }
    }

    private void openFiles() throws IOException {
        List<Path> found = filesIn(folder);
        for (Path path : found) {
            long number = number(path);
            if (!files.isEmpty() && number != nextNumber) {
                throw damaged("File " + name(nextNumber) + " of the delta log in " + folder + " is missing");
            }
            nextNumber = number + 1;
            files.add(LogFile.open(path));
            index(files.getLast(), path.equals(found.getLast()));
        }
    }

    /** Oldest first. */
    private static List<Path> filesIn(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(path ->
                            NAME.matcher(String.valueOf(path.getFileName())).matches())
                    .sorted()
                    .toList();
        }
    }

    private void index(LogFile file, boolean last) throws IOException {
        long at = LogFile.first();
        for (Optional<LogFile.Found> found = file.read(at); found.isPresent(); found = file.read(at)) {
            index(file, at, parse(found.get()));
            at = found.get().next();
        }
        if (at < file.size()) {
            if (!last || file.hasRecordBehind(at)) {
                throw damaged(file, at);
            }
            file.cut(at);
        }
    }

    private void index(LogFile file, long at, DeltaLogRecord record) {
        try {
            if (record.hasDelta()) {
                DeltaHeader header = DeltaCodec.read(record.getDelta().getHeader());
                LogEntry entry = LogEntry.of(header, file, at);
                noteLacking(header, DeltaCodec.chunks(record.getDelta()));
                entries.put(entry.epoch().digest(), entry);
                tip = Optional.of(entry.epoch().digest());
            } else if (record.hasBeginAt()) {
                beginning = Optional.of(DeltaCodec.read(record.getBeginAt()));
                tip = beginning.map(Epoch::digest);
            } else {
                tip = Optional.of(DeltaCodec.bytes32("rewind_to", record.getRewindTo()));
            }
        } catch (IllegalArgumentException wrong) {
            throw damaged(file, at);
        }
    }

    private static DeltaLogRecord parse(LogFile.Found found) {
        try {
            return DeltaLogRecord.parseFrom(found.body());
        } catch (InvalidProtocolBufferException wrong) {
            throw new MorphogenException(
                    FailureReason.STORAGE_FAILED,
                    "A record of the delta log is not one of this version.",
                    Map.of(),
                    wrong);
        }
    }

    private LogFile fileWithRoom() {
        if (broken) {
            throw new MorphogenException(
                    FailureReason.STORAGE_FAILED,
                    "The delta log in " + folder + " could not be written; mend the disk and start the node again.");
        }
        try {
            if (files.isEmpty() || files.getLast().size() >= fileBytes) {
                files.add(newFile());
                watch.reached(StepWatch.Step.LOG_ROLLED);
            }
            return files.getLast();
        } catch (IOException stuck) {
            throw Storage.failed("write the delta log in", folder, stuck);
        }
    }

    private LogFile newFile() throws IOException {
        Path path = folder.resolve(name(nextNumber));
        LogFile file = LogFile.open(path);
        try {
            DurableFile.syncFolderOf(path);
        } catch (IOException | RuntimeException | Error failed) {
            file.close();
            throw failed;
        }
        nextNumber++;
        return file;
    }

    private long write(LogFile file, DeltaLogRecord record) {
        long before = file.size();
        try {
            file.append(record.toByteArray());
            watch.reached(StepWatch.Step.LOG_WRITTEN);
            file.sync();
            watch.reached(StepWatch.Step.LOG_SYNCED);
            return before;
        } catch (IOException stuck) {
            takeBack(file, before);
            throw Storage.failed("write", file.path(), stuck);
        } catch (RuntimeException | Error failed) {
            takeBack(file, before);
            throw failed;
        }
    }

    /** What was not acknowledged must not be found later, behind something that was. */
    private void takeBack(LogFile file, long before) {
        try {
            file.cut(before);
        } catch (IOException stuck) {
            broken = true;
        }
    }

    private static long number(Path path) {
        var matcher = NAME.matcher(String.valueOf(path.getFileName()));
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a log file's name");
        }
        return Long.parseLong(matcher.group(1));
    }

    private static String name(long number) {
        return String.format(Locale.ROOT, "deltas-%010d.log", number);
    }

    private static MorphogenException damaged(LogFile file, long at) {
        return damaged(file.path() + " is damaged at byte " + at + ", before deltas that were acknowledged");
    }

    /** What the disk has is not what was acknowledged. */
    static MorphogenException damaged(String what) {
        return new MorphogenException(
                FailureReason.STORAGE_FAILED,
                what + ". Check the disk. Another replica gives this node its rows; if there is none, publish the"
                        + " snapshot again with 'morphogen admin publish --again'.",
                Map.of(DAMAGED, "true"));
    }

    @Override
    public synchronized void close() {
        broken = true;
        for (LogFile file : files) {
            try {
                file.close();
            } catch (IOException unusual) {
                throw Storage.failed("close", file.path(), unusual);
            }
        }
    }
}
