package org.morphogen.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.coordinator.generation.GenerationControl;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.PublishProgress;
import org.morphogen.protocol.v1.PublishRequest;

/** An administrator whose call was lost asks again, and must get the outcome of what it began, whatever that was. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class PublishAttemptTest {
    @TempDir
    Path folder;

    private TestParty party;

    @BeforeEach
    void startParty() {
        party = new TestParty(folder);
        party.startCoordinator("c1");
        party.writeSnapshot("first", 1);
    }

    @AfterEach
    void stopParty() {
        party.close();
    }

    @Test
    void anAttemptThatHasEndedIsNotBegunAgain() {
        party.startNodes("n1", "n2");
        party.publish("first");

        assertThat(again("a").getGeneration()).isEqualTo(2);

        assertThat(again("a"))
                .extracting(PublishProgress::getGeneration, PublishProgress::getPhase, PublishProgress::getNote)
                .containsExactly(2L, "SERVING", "");
        assertThat(again("b").getGeneration()).as("another attempt").isEqualTo(3);
        assertThat(party.generations()).hasSize(3);
    }

    @Test
    void anAttemptThatFailedUnseenIsToldAsFailedThoughTheSnapshotIsServed() {
        List<FakeNode> nodes = party.startNodes("n1", "n2");
        party.publish("first");
        nodes.forEach(node -> node.setProblem("The disk is full."));
        assertThat(catchThrowableOfType(MorphogenException.class, () -> again("a")))
                .isNotNull();
        nodes.forEach(node -> node.setProblem(""));
        party.killCoordinator("c1");
        party.startCoordinator("c1");

        MorphogenException failure = catchThrowableOfType(MorphogenException.class, () -> again("a"));

        assertThat(failure).isNotNull().hasMessageContaining("The disk is full.");
        assertThat(failure.facts()).containsEntry(GenerationControl.FAILED_GENERATION, "2");
        assertThat(party.generations()).hasSize(2);
    }

    private PublishProgress again(String attempt) {
        party.awaitLeader();
        PublishRequest request = PublishRequest.newBuilder()
                .setSnapshot("first")
                .setAgain(true)
                .setAttempt(attempt)
                .build();
        return party.admin().ask(stub -> {
            PublishProgress last = PublishProgress.getDefaultInstance();
            for (Iterator<PublishProgress> told = stub.publish(request); told.hasNext(); ) {
                last = told.next();
            }
            return last;
        });
    }
}
