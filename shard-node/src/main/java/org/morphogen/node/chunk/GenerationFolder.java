package org.morphogen.node.chunk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.morphogen.snapshot.ChunkId;
import org.morphogen.snapshot.Manifest;

/**
 * One generation on disk: {@code held.json}, the durable wish; {@code manifest.json}; and the chunk files under the
 * names that the manifest gives them, {@code .part} behind those that are still being pulled.
 */
public record GenerationFolder(Path path) {
    private static final String CHECKPOINT = ".checkpoint";
    private static final String UNFINISHED = ".tmp";

    /** The durable wish: what the node shall hold of this generation. Without it the folder means nothing. */
    public Path wishFile() {
        return path.resolve("held.json");
    }

    /** The snapshot's manifest. */
    public Path manifestFile() {
        return path.resolve(Manifest.FILE);
    }

    /** A chunk whose bytes were found right when they were put there. */
    public Path chunkFile(ChunkId chunk) {
        return path.resolve(chunk.fileName());
    }

    /** A chunk as it was at a later epoch than the snapshot's; comes in place of {@link #chunkFile}. */
    public Path checkpointFile(ChunkId chunk) {
        return path.resolve(chunk.fileName() + CHECKPOINT);
    }

    /** What becomes a chunk's {@link #checkpointFile} when all is in it. */
    public static Path unfinished(Path checkpointFile) {
        return checkpointFile.resolveSibling(checkpointFile.getFileName() + UNFINISHED);
    }

    /** All that {@link #checkpointFile} gives and that are there. */
    public List<Path> checkpointFiles() {
        return chunkFiles().stream()
                .filter(file -> file.toString().endsWith(CHECKPOINT))
                .toList();
    }

    /** The beginning of a chunk that is being pulled. */
    public Path partFile(ChunkId chunk) {
        return path.resolve(chunk.fileName() + ".part");
    }

    /** Makes the folder if it is not there. */
    public void create() {
        try {
            DurableFile.createFolders(path);
        } catch (IOException stuck) {
            throw Storage.failed("create", path, stuck);
        }
    }

    /**
     * Removes the files of all chunks but {@code wanted}, and what a crash left unfinished.
     *
     * @param inMemory those that may just be written anew
     */
    public void keepOnly(Collection<ChunkId> wanted, Collection<ChunkId> inMemory) {
        Set<Path> kept = new HashSet<>();
        for (ChunkId chunk : wanted) {
            kept.add(chunkFile(chunk));
            kept.add(partFile(chunk));
            kept.add(checkpointFile(chunk));
        }
        inMemory.forEach(chunk -> kept.add(unfinished(checkpointFile(chunk))));
        for (Path file : chunkFiles()) {
            if (!kept.contains(file)) {
                delete(file);
            }
        }
    }

    /** Removes everything, the wish first, so that a crash half-way leaves nothing that looks held. */
    public void remove() {
        if (!Files.isDirectory(path)) {
            return;
        }
        delete(wishFile());
        try (Stream<Path> tree = Files.walk(path)) {
            tree.sorted(Comparator.reverseOrder()).forEach(GenerationFolder::delete);
        } catch (UncheckedIOException unreadable) {
            throw Storage.failed("list", path, unreadable);
        } catch (IOException unreadable) {
            throw Storage.failed("list", path, unreadable);
        }
    }

    private List<Path> chunkFiles() {
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        List<Path> files = new ArrayList<>();
        try {
            Files.walkFileTree(path, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (attributes.isRegularFile() && !path.equals(file.getParent())) {
                        files.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException failed) throws IOException {
                    // Files come and go meanwhile.
                    if (failed instanceof NoSuchFileException) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw failed;
                }
            });
        } catch (IOException unreadable) {
            throw Storage.failed("list", path, unreadable);
        }
        return files;
    }

    private static void delete(Path file) {
        try {
            DurableFile.delete(file);
        } catch (IOException stuck) {
            throw Storage.failed("remove", file, stuck);
        }
    }
}
