package org.morphogen.coordinator.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.protocol.v1.ClusterView;
import org.morphogen.protocol.v1.PartyStatus;
import org.morphogen.protocol.v1.ServedGeneration;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class ReportsTest {
    private static final ClusterView VIEW = ClusterView.newBuilder()
            .setServing(stalled(3, "No blocks come from the Ethereum node."))
            .addEarlier(stalled(2, "Nodes do not take the next block."))
            .addEarlier(stalled(1, ""))
            .build();

    @Test
    void administratorsReadWhyInFull() {
        Reports.Status status = Reports.Status.of(PartyStatus.newBuilder()
                .setView(VIEW)
                .putStalled(3, "No blocks come: 127.0.0.1 refuses.")
                .putStalled(2, "Block 7 is not taken in.")
                .build());

        assertThat(status.stalled()).isEqualTo("No blocks come: 127.0.0.1 refuses.");
        assertThat(status.earlier().stream().map(Reports.EarlierLine::stalled))
                .containsExactly("Block 7 is not taken in.", "");
    }

    @Test
    void whereNothingMoreIsToldTheyReadWhatEverybodyReads() {
        Reports.Status status =
                Reports.Status.of(PartyStatus.newBuilder().setView(VIEW).build());

        assertThat(status.stalled()).isEqualTo("No blocks come from the Ethereum node.");
    }

    private static ServedGeneration stalled(long generation, String why) {
        return ServedGeneration.newBuilder()
                .setGeneration(generation)
                .setStalled(why)
                .build();
    }
}
