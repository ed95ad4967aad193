package org.morphogen.node.epoch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.epoch.Delta;
import org.morphogen.epoch.DeltaPiece;
import org.morphogen.epoch.Epoch;
import org.morphogen.snapshot.ChunkId;

/** Large deltas in the log. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class DeltaLogTest {
    private static final int ROW_BYTES = 8;
    private static final int ROWS = 1_000_000;

    @TempDir
    private Path folder;

    /** Its row numbers all look like lengths of records. */
    @Test
    void theTornEndOfALargeDeltaIsTakenForOne() throws IOException {
        Epochs epochs = new Epochs(1);
        Epoch root = epochs.root().epoch();
        Delta whole = epochs.delta(root, List.of());
        Delta torn = epochs.delta(whole.header().epoch(), List.of(largePiece()));
        try (DeltaLog log = open()) {
            log.append(whole);
            log.append(torn);
        }
        try (RandomAccessFile file =
                new RandomAccessFile(folder.resolve("deltas-0000000001.log").toFile(), "rw")) {
            file.setLength(file.length() - 1);
        }
        try (DeltaLog log = open()) {
            assertThat(log.tip()).contains(whole.header().epoch().digest());
            assertThat(log.bytes()).isLessThan(1000);
        }
    }

    @Test
    void aFileThatCannotBeRemovedLeavesNoHoleBehindIt() throws IOException {
        Epochs epochs = new Epochs(2);
        Epoch at = epochs.root().epoch();
        Path oldest = folder.resolve("deltas-0000000001.log");
        try (DeltaLog log = DeltaLog.open(folder, 1, StepWatch.NONE)) {
            for (int block = 0; block < 4; block++) {
                Delta delta = epochs.delta(at, List.of());
                log.append(delta);
                at = delta.header().epoch();
            }
            byte[] sound = Files.readAllBytes(oldest);
            Files.delete(oldest);
            // Nobody can remove a folder that is not empty.
            Files.createDirectories(oldest.resolve("stuck"));
            long needed = at.number();
            for (int attempt = 0; attempt < 2; attempt++) {
                assertThatThrownBy(() -> log.forgetBefore(needed)).hasMessageContaining(oldest.toString());
            }
            Files.delete(oldest.resolve("stuck"));
            Files.delete(oldest);
            Files.write(oldest, sound);
        }
        try (DeltaLog log = open()) {
            assertThat(log.chain()).hasSize(4);
            log.forgetBefore(at.number());
            assertThat(log.chain()).hasSize(1);
        }
        try (DeltaLog log = open()) {
            assertThat(log.tip()).contains(at.digest());
        }
    }

    private DeltaLog open() {
        return DeltaLog.open(folder, 64 << 20, StepWatch.NONE);
    }

    private static DeltaPiece largePiece() {
        ByteBuffer entries = ByteBuffer.allocate(ROWS * DeltaPiece.entryBytes(ROW_BYTES));
        for (int row = 0; row < ROWS; row++) {
            entries.putInt(row).putLong(1);
        }
        return new DeltaPiece(new ChunkId("t", 0, 0), ROW_BYTES, entries.array());
    }
}
