package org.morphogen.client.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.Bytes32;
import org.morphogen.snapshot.BlockInfo;

/** Epoch n is of block 1000 + n; the two digits of a fork tell its hashes and digests from another's. */
@Timeout(30)
final class CommonEpochsTest {
    private static final int MAIN = 1;
    private static final int FORK = 2;

    @Test
    void theNewestIsTheHeadOfWhoIsBehind() {
        Window ahead = window(3, 9, MAIN);
        Window behind = window(1, 7, MAIN);

        assertThat(new CommonEpochs(ahead, behind).newest()).isEqualTo(epoch(7, MAIN));
        assertThat(new CommonEpochs(behind, ahead).newest()).isEqualTo(epoch(7, MAIN));
        assertThat(new CommonEpochs(ahead, ahead).newest()).isEqualTo(epoch(9, MAIN));
    }

    @Test
    void oneEpochInCommonIsEnough() {
        assertThat(new CommonEpochs(window(3, 7, MAIN), window(7, 9, MAIN)).newest())
                .isEqualTo(epoch(7, MAIN));
        assertThat(new CommonEpochs(window(7, 7, MAIN), window(7, 7, MAIN)).newest())
                .isEqualTo(epoch(7, MAIN));
    }

    @Test
    void aReorganisationThatOneHasSeenLeavesWhatIsBelow() {
        Window old = window(3, 9, MAIN);
        Window reorganised = forked(3, 6, 10);

        assertThat(new CommonEpochs(old, reorganised).newest()).isEqualTo(epoch(6, MAIN));
    }

    @Test
    void anEpochMustBeEqualInEverything() {
        Epoch right = epoch(5, MAIN);
        Epoch otherDigest = new Epoch(5, hash(5, FORK), right.block());
        Epoch otherHash = new Epoch(
                5,
                right.digest(),
                new BlockInfo(1005, hash(5, FORK).toString(), right.block().stateRoot()));
        Epoch otherRoot = new Epoch(
                5,
                right.digest(),
                new BlockInfo(1005, right.block().hash(), hash(5, FORK).toString()));

        for (Epoch other : List.of(otherDigest, otherHash, otherRoot)) {
            Window spoilt = replaced(window(3, 5, MAIN), 2, epoch -> other);
            assertThat(new CommonEpochs(window(3, 5, MAIN), spoilt).newest()).isEqualTo(epoch(4, MAIN));
        }
    }

    @Test
    void namesThePartyThatLags() {
        Window old = window(1, 3, MAIN);
        Window recent = window(70, 80, MAIN);

        MorphogenException zero = refusal(FailureReason.PARTY_LAGS, new CommonEpochs(old, recent));
        MorphogenException one = refusal(FailureReason.PARTY_LAGS, new CommonEpochs(recent, old));

        assertThat(zero).hasMessageContaining("Party 0 lags: its newest block is 1003");
        assertThat(zero.facts())
                .containsEntry("party", "0")
                .containsEntry("party 0 first epoch", "1")
                .containsEntry("party 0 last epoch", "3")
                .containsEntry("party 0 first block", "1001")
                .containsEntry("party 0 last block", "1003")
                .containsEntry("party 1 first epoch", "70")
                .containsEntry("party 1 last epoch", "80")
                .containsEntry("party 1 first block", "1070")
                .containsEntry("party 1 last block", "1080");
        assertThat(one.facts()).containsEntry("party", "1");
    }

    @Test
    void tellsWhatPartiesWithoutACommonEpochHave() {
        MorphogenException refusal =
                refusal(FailureReason.PARTIES_DISAGREE, new CommonEpochs(window(3, 9, MAIN), window(5, 8, FORK)));

        assertThat(refusal).hasMessageContaining("block 1008, epoch 8");
        assertThat(refusal.facts())
                .containsEntry("epoch", "8")
                .containsEntry("block number", "1008")
                .containsEntry("party 0 block hash", hash(8, MAIN).toString())
                .containsEntry("party 1 block hash", hash(8, FORK).toString())
                .containsEntry("party 0 last epoch", "9")
                .containsEntry("party 1 first epoch", "5");
    }

    @Test
    void findsABlockByNumberAndByHash() {
        CommonEpochs common = new CommonEpochs(window(3, 9, MAIN), window(5, 12, MAIN));

        for (int number = 5; number <= 9; number++) {
            assertThat(common.chosen(new BlockChoice.OfNumber(1000 + number))).isEqualTo(epoch(number, MAIN));
            assertThat(common.chosen(new BlockChoice.OfHash(hash(number, MAIN))))
                    .isEqualTo(epoch(number, MAIN));
        }
        assertThat(common.chosen(BlockChoice.LATEST)).isEqualTo(epoch(9, MAIN));
    }

    @Test
    void tellsWhichBlocksCanBeAskedForWhenOneCannot() {
        CommonEpochs common = new CommonEpochs(window(3, 9, MAIN), window(5, 12, MAIN));

        outside(common, new BlockChoice.OfNumber(1002), "neither party lists it");
        outside(common, new BlockChoice.OfNumber(1004), "party 1 does not list it");
        outside(common, new BlockChoice.OfNumber(1010), "party 0 does not list it");
        outside(common, new BlockChoice.OfNumber(1013), "neither party lists it");
        outside(common, new BlockChoice.OfNumber(0), "neither party lists it");
        outside(common, new BlockChoice.OfNumber(Long.MAX_VALUE), "neither party lists it");
        outside(common, new BlockChoice.OfHash(hash(4, MAIN)), "party 1 does not list it");
        outside(common, new BlockChoice.OfHash(hash(12, MAIN)), "party 0 does not list it");
        outside(common, new BlockChoice.OfHash(hash(8, FORK)), "neither party lists it");
    }

    @Test
    void refusesABlockOnWhichThePartiesDisagree() {
        CommonEpochs common = new CommonEpochs(window(3, 9, MAIN), forked(3, 6, 10));

        for (BlockChoice choice : List.of(
                new BlockChoice.OfNumber(1007),
                new BlockChoice.OfHash(hash(7, MAIN)),
                new BlockChoice.OfHash(hash(7, FORK)))) {
            MorphogenException refusal = catchThrowableOfType(MorphogenException.class, () -> common.chosen(choice));
            assertThat(refusal.reason()).isEqualTo(FailureReason.PARTIES_DISAGREE);
            assertThat(refusal.facts())
                    .containsEntry("block number", "1007")
                    .containsEntry("party 0 block hash", hash(7, MAIN).toString())
                    .containsEntry("party 1 block hash", hash(7, FORK).toString());
        }
    }

    @Test
    void aBlockIsWrittenAsNumberOrHash() {
        String hex = hash(7, MAIN).hex();

        assertThat(BlockChoice.parse("20000000")).isEqualTo(new BlockChoice.OfNumber(20_000_000));
        assertThat(BlockChoice.parse("0x" + hex)).isEqualTo(new BlockChoice.OfHash(hash(7, MAIN)));
        assertThat(BlockChoice.parse(hex)).isEqualTo(BlockChoice.parse("0x" + hex));
        for (String other : List.of("", "-1", "latest", "0x12", "1".repeat(19), hex + "0", " 7")) {
            assertThatThrownBy(() -> BlockChoice.parse(other))
                    .isInstanceOfSatisfying(
                            MorphogenException.class,
                            refusal -> assertThat(refusal.reason()).isEqualTo(FailureReason.REQUEST_INVALID));
        }
        assertThatThrownBy(() -> new BlockChoice.OfNumber(-1)).isInstanceOf(MorphogenException.class);
    }

    @Test
    void aWindowIsConsecutiveAndBounded() {
        List<Epoch> epochs = window(0, 4, MAIN).epochs();

        assertThatThrownBy(() -> new Window(List.of())).hasMessageContaining("window: 0 epochs");
        assertThatThrownBy(() -> new Window(epochs.reversed())).hasMessageContaining("window: place 1");
        assertThatThrownBy(() -> new Window(List.of(epochs.get(0), epochs.get(2))))
                .hasMessageContaining("window: place 1");
        assertThatThrownBy(() -> new Window(List.of(epochs.get(0), epochs.get(0))))
                .hasMessageContaining("window: place 1");
        Epoch lateBlock = new Epoch(1, hash(1, MAIN), epochs.get(2).block());
        assertThatThrownBy(() -> new Window(List.of(epochs.get(0), lateBlock))).hasMessageContaining("window: place 1");
        assertThat(window(0, Window.MAX_EPOCHS - 1, MAIN).epochs()).hasSize(Window.MAX_EPOCHS);
        assertThatThrownBy(() -> window(0, Window.MAX_EPOCHS, MAIN)).hasMessageContaining("window: 4097 epochs");
    }

    private static void outside(CommonEpochs common, BlockChoice choice, String why) {
        MorphogenException refusal = catchThrowableOfType(MorphogenException.class, () -> common.chosen(choice));
        assertThat(refusal.reason()).isEqualTo(FailureReason.EPOCH_OUTSIDE_WINDOW);
        assertThat(refusal).hasMessageContaining(why).hasMessageContaining("blocks 1005 to 1009 can be asked for");
        assertThat(refusal.facts()).containsEntry("first block", "1005").containsEntry("last block", "1009");
    }

    private static MorphogenException refusal(FailureReason reason, CommonEpochs common) {
        MorphogenException refusal = catchThrowableOfType(MorphogenException.class, common::newest);
        assertThat(refusal.reason()).isEqualTo(reason);
        return refusal;
    }

    private static Window window(int first, int last, int fork) {
        List<Epoch> epochs = new ArrayList<>();
        for (int number = first; number <= last; number++) {
            epochs.add(epoch(number, fork));
        }
        return new Window(epochs);
    }

    /** The main chain up to {@code common}, then the fork. */
    private static Window forked(int first, int common, int last) {
        List<Epoch> epochs = new ArrayList<>(window(first, common, MAIN).epochs());
        epochs.addAll(window(common + 1, last, FORK).epochs());
        return new Window(epochs);
    }

    private static Window replaced(Window window, int at, UnaryOperator<Epoch> change) {
        List<Epoch> epochs = new ArrayList<>(window.epochs());
        epochs.set(at, change.apply(epochs.get(at)));
        return new Window(epochs);
    }

    private static Epoch epoch(int number, int fork) {
        String hash = hash(number, fork).toString();
        return new Epoch(number, hash(number, fork), new BlockInfo(1000 + number, hash, hash));
    }

    private static Bytes32 hash(int number, int fork) {
        return Bytes32.parse(String.format("%060x%04x", fork, number));
    }
}
