package org.morphogen.deploy.genesis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.coordinator.feed.FeedStep;
import org.morphogen.coordinator.feed.RecordedFeed;
import org.morphogen.coordinator.feed.Wanted;
import org.morphogen.row.CodeDictionary;
import org.morphogen.snapshot.BlockInfo;

/** What a real node recorded, read as a coordinator reads it, leads to the state root of every block. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ContractBlocksTest {
    @Test
    void everyBlockHasItsStateRoot(@TempDir Path folder) throws IOException, InterruptedException {
        WorldState state = WorldState.of(Genesis.balances());
        assertThat(state.stateRoot()).isEqualTo(MainnetGenesis.BLOCK.stateRoot());
        List<BlockInfo> applied = new ArrayList<>(List.of(ContractBlocks.BASE));
        try (RecordedFeed feed = new RecordedFeed(ContractBlocks.write(folder.resolve("blocks.jsonl")))) {
            while (feed.next(applied, Wanted.ACCOUNTS_AND_SLOTS, Duration.ZERO) instanceof FeedStep.Append append) {
                state.apply(append.changes());
                applied.add(append.changes().block());
                assertThat(state.stateRoot())
                        .as("block %d", applied.getLast().number())
                        .isEqualTo(applied.getLast().stateRoot());
            }
        }
        assertThat(applied.getLast().number()).isEqualTo(ContractBlocks.LAST);
        assertThat(state.accounts()).hasSize(ContractBlocks.ACCOUNTS);
        assertThat(state.accounts().values())
                .anyMatch(account -> !account.codeHash().equals(CodeDictionary.EMPTY_CODE));
        assertThat(state.slots().values()).anyMatch(words -> words.size() > 1);
    }
}
