package org.morphogen.coordinator.building;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.morphogen.coordinator.building.cuckoo.LoadFactor;
import org.morphogen.row.RowSchema;
import org.morphogen.snapshot.BlockInfo;
import org.morphogen.snapshot.Sha256;

/** Short ways to say what tests build. */
final class Plans {
    static final BlockInfo BLOCK = new BlockInfo(7, "0x" + "ab".repeat(32), "0x" + "cd".repeat(32));

    private Plans() {}

    /** A table from a file of that name and text, written into the folder. */
    static TablePlan table(Path folder, String name, String schema, String fileName, String text) {
        return TablePlan.of(name, RowSchema.parse(schema), write(folder.resolve(fileName), text));
    }

    static SnapshotPlan plan(TablePlan... tables) {
        return SnapshotPlan.usual(BLOCK, List.of(tables));
    }

    static SnapshotPlan withChunkRows(SnapshotPlan plan, int chunkRows) {
        return new SnapshotPlan(plan.block(), plan.tables(), plan.seed(), plan.load(), OptionalInt.of(chunkRows));
    }

    static SnapshotPlan withLoad(SnapshotPlan plan, double load) {
        return new SnapshotPlan(plan.block(), plan.tables(), plan.seed(), new LoadFactor(load), plan.chunkRows());
    }

    static SnapshotPlan withSeed(SnapshotPlan plan, byte... seed) {
        byte[] whole = Arrays.copyOf(seed, 32);
        return new SnapshotPlan(
                plan.block(),
                plan.tables(),
                new MasterSeed(HexFormat.of().formatHex(whole)),
                plan.load(),
                plan.chunkRows());
    }

    static BuildReport build(SnapshotPlan plan, Path out) {
        return SnapshotBuilder.build(plan, out, BuildListener.SILENT);
    }

    /** Checksum of every file below a folder, by its name in it. */
    static Map<String, String> files(Path folder) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> inside = Files.walk(folder)) {
            for (Path file : inside.filter(Files::isRegularFile).toList()) {
                files.put(folder.relativize(file).toString(), Sha256.of(file));
            }
        }
        return files;
    }

    /** Names in a folder. */
    static List<String> names(Path folder) throws IOException {
        try (Stream<Path> inside = Files.list(folder)) {
            return inside.map(path -> String.valueOf(path.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    private static Path write(Path file, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try {
            return Files.write(file, file.toString().endsWith(".gz") ? packed(bytes) : bytes);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    static byte[] packed(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }
}
