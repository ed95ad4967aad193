package org.morphogen.coordinator.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.snapshot.BlockInfo;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RecordedFeedTest {
    private static final BlockInfo BASE = Chains.info('a', 1);
    private static final List<Chains.Block> STRAIGHT = Chains.branch('a', BASE, 5);

    @TempDir
    private Path folder;

    @Test
    void playsTheFileToItsEnd() throws Exception {
        List<BlockInfo> applied = new ArrayList<>(List.of(BASE));

        assertThat(play(file(STRAIGHT), applied)).containsExactly("+a2", "+a3", "+a4", "+a5", "end");
        assertThat(applied).isEqualTo(Chains.infos('a', 1, 5));
    }

    @Test
    void playsReorganisationsAndTheWayBack() throws Exception {
        Path file = file(Chains.joined(
                STRAIGHT,
                Chains.joined(
                        Chains.branch('b', Chains.info('a', 3), 4),
                        Chains.joined(STRAIGHT.subList(2, 4), Chains.branch('a', Chains.info('a', 5), 6)))));
        List<BlockInfo> applied = new ArrayList<>(List.of(BASE));

        assertThat(play(file, applied))
                .containsExactly("+a2", "+a3", "+a4", "+a5", "-a3", "+b4", "-a3", "+a4", "+a5", "+a6", "end");
    }

    @Test
    void goesOnWhereAnotherFeedStopped() throws Exception {
        Path file = file(Chains.joined(STRAIGHT, Chains.branch('b', Chains.info('a', 3), 5)));

        assertThat(play(file, new ArrayList<>(Chains.infos('a', 2, 4))))
                .containsExactly("+a5", "-a3", "+b4", "+b5", "end");
        assertThat(play(file, new ArrayList<>(Chains.infos('a', 2, 3))))
                .containsExactly("+a4", "+a5", "-a3", "+b4", "+b5", "end");
        assertThat(play(file, new ArrayList<>(List.of(Chains.info('a', 3), Chains.info('b', 4)))))
                .containsExactly("+b5", "end");
    }

    @Test
    void givesTheSameBlockAgainToWhoDidNotApplyIt() throws Exception {
        try (RecordedFeed feed = new RecordedFeed(file(STRAIGHT))) {
            assertThat(feed.next(List.of(BASE), Wanted.ACCOUNTS, Duration.ZERO))
                    .isEqualTo(feed.next(List.of(BASE), Wanted.ACCOUNTS, Duration.ZERO));
        }
    }

    @Test
    void undoesBlocksThatTheFileDoesNotKnow() throws Exception {
        List<BlockInfo> applied = new ArrayList<>(List.of(BASE, Chains.info('a', 2), Chains.info('c', 3)));

        assertThat(play(file(STRAIGHT), applied)).containsExactly("-a2", "+a3", "+a4", "+a5", "end");
    }

    @Test
    void tellsWhenItsBlocksCannotBeReached() throws Exception {
        assertThat(play(file(STRAIGHT), new ArrayList<>(List.of(Chains.info('c', 3)))))
                .singleElement()
                .asString()
                .contains("none of the applied blocks, 3 to 3");
        Path deep = file(Chains.joined(STRAIGHT, Chains.branch('b', Chains.info('a', 2), 3)));
        assertThat(play(deep, new ArrayList<>(Chains.infos('a', 4, 5))))
                .singleElement()
                .asString()
                .contains("line 5 of the recorded blocks");
    }

    @Test
    void takesBlankLinesAndTheShapeOfANodesTrace() throws Exception {
        Path file = folder.resolve("blank.jsonl");
        String lines = STRAIGHT.stream()
                .map(b -> "\n" + b.line().replace("\"diffs\"", "\"txs\":5,\"more\":[{}],\"trace\""))
                .collect(Collectors.joining(" \r\n"));
        Files.writeString(file, lines.stripTrailing());

        assertThat(play(file, new ArrayList<>(List.of(BASE)))).containsExactly("+a2", "+a3", "+a4", "+a5", "end");
    }

    @Test
    void takesSlotsOfALine() throws Exception {
        String queue = SystemSlotsTest.QUEUES.getFirst();
        String diffs = "[{'pre':{},'post':{'" + queue + "':{'nonce':1,'storage':{'0x1':'0x5','0x2':'0x5'}}}}]";
        String slots =
                "{'" + queue + "':{'0x2':'0x0','0x3':'0x7'},'" + SystemSlotsTest.BLOCK_HASHES + "':{'0x1':'0x9'}}";

        assertThat(slotsOf(diffs, ""))
                .containsExactly(queue + " 0x1 " + Chains.word(5), queue + " 0x2 " + Chains.word(5));
        assertThat(slotsOf(diffs, ",'slots':" + slots))
                .containsExactly(
                        queue + " 0x1 " + Chains.word(5),
                        queue + " 0x2 none",
                        queue + " 0x3 " + Chains.word(7),
                        SystemSlotsTest.BLOCK_HASHES + " 0x1 " + Chains.word(9));
    }

    @Test
    void tellsNoSlotsToWhoWantsAccountsAlone() throws Exception {
        Path file = lineWith("[{'pre':{},'post':{'" + Chains.address(1) + "':{'storage':{'0x1':'0x5'}}}}]", "");
        try (RecordedFeed feed = new RecordedFeed(file)) {
            assertThat(feed.next(List.of(BASE), Wanted.ACCOUNTS, Duration.ZERO))
                    .isInstanceOfSatisfying(FeedStep.Append.class, append -> {
                        assertThat(append.changes().accounts()).hasSize(1);
                        assertThat(append.changes().slots()).isEmpty();
                    });
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "[] | slots: is not a JSON object",
                "null | slots: is not a JSON object",
                "{},'slots':{} | slots: stands twice",
                "{'0x12':{}} | is no address",
                "{'A':[]} | is not a JSON object",
                "{'A':{'0x1':5}} | is not text",
                "{'A':{'0x1':'5'}} | is not 0x and hex digits",
                "{'A':{'1':'0x5'}} | is not 0x and hex digits",
                "{'A':{'0x1':'0x5','0x01':'0x6'}} | 0x01: stands twice",
                "{'A':{'0x1':'0x5'},'A':{'0x1':'0x5'}} | 0x1: stands twice",
            })
    void tellsSlotsThatCannotBeUsed(String slots, String why) throws IOException {
        assertInvalid(lineWith("[]", ",'slots':" + slots.replace("A", Chains.address(10))), "line 1: ", why);
    }

    @Test
    void anEmptyFileHasNothingToUndo() throws Exception {
        assertThat(play(file(List.of()), new ArrayList<>(List.of(BASE)))).hasSize(1);
    }

    @Test
    void refusesAFileThatIsNotThere() {
        assertThatThrownBy(() -> new RecordedFeed(folder.resolve("none")))
                .isInstanceOfSatisfying(
                        MorphogenException.class, e -> assertThat(e.reason()).isEqualTo(FailureReason.SETTINGS_INVALID))
                .hasMessageContaining("is not a file");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "hello | is not JSON",
                "[] | is not a JSON object",
                "{} | number: is missing",
                "{'number':'5'} | number: '5' is not 0x and hex digits",
                "{'number':'0x3','hash':'0x12' | hash: is not 0x and 64 hex digits",
            })
    void tellsTheLineThatCannotBeUsed(String line, String why) throws IOException {
        Path file = folder.resolve("bad.jsonl");
        Files.writeString(file, STRAIGHT.getFirst().line() + line.replace('\'', '"') + "\n");

        assertInvalid(file, "line 2: " + why);
    }

    @Test
    void tellsALineOfWhichTheDiffsCannotBeUsed() throws IOException {
        Path file = folder.resolve("bad.jsonl");
        String line = STRAIGHT.getFirst().line();
        Files.writeString(file, line.replaceAll("\"diffs\".*", "\"more\":1}"));
        assertInvalid(file, "line 1: diffs: is missing");
        Files.writeString(file, line.replace("\"post\"", "\"past\""));
        assertInvalid(file, "line 1: transaction 0: lacks pre or post");
        Files.writeString(file, line.strip() + line);
        assertInvalid(file, "line 1: has more than one JSON object");
        Files.writeString(file, line.replace("\"0x2\",\"hash\"", "\"0x7\",\"hash\""));
        assertInvalid(file, "line 1: number: must be 2");
    }

    @Test
    void tellsThatTheLastLineIsCutOffWhereverThatIs() throws Exception {
        String first = STRAIGHT.getFirst().line();
        String second = STRAIGHT.get(1).line().strip();
        Path file = folder.resolve("cut.jsonl");
        for (int length = 1; length < second.length(); length++) {
            Files.writeString(file, first + second.substring(0, length));
            assertInvalid(file, "line 2: ");
        }
    }

    @Test
    void anInterruptEndsTheWaitAndLeavesTheFeedUsable() throws Exception {
        try (RecordedFeed feed = new RecordedFeed(file(STRAIGHT))) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> feed.next(Chains.infos('a', 1, 5), Wanted.ACCOUNTS, Duration.ofDays(1)))
                    .isInstanceOf(InterruptedException.class);
            Thread.currentThread().interrupt();
            assertThat(feed.next(List.of(BASE), Wanted.ACCOUNTS, Duration.ZERO)).isInstanceOf(FeedStep.Append.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private List<String> slotsOf(String diffs, String more) throws IOException, InterruptedException {
        try (RecordedFeed feed = new RecordedFeed(lineWith(diffs, more))) {
            FeedStep step = feed.next(List.of(BASE), Wanted.ACCOUNTS_AND_SLOTS, Duration.ZERO);
            assertThat(step).isInstanceOf(FeedStep.Append.class);
            return ((FeedStep.Append) step)
                    .changes().slots().stream()
                            .map(slot -> slot.address() + " " + Hex.ofWord(slot.slot()) + " "
                                    + slot.after().map(Object::toString).orElse("none"))
                            .toList();
        }
    }

    /** A file of block 2 with these diffs; what follows them begins with a comma. */
    private Path lineWith(String diffs, String more) throws IOException {
        String line = STRAIGHT.getFirst().line().replaceAll("\"diffs\".*\\R", "");
        return Files.writeString(
                folder.resolve("slots.jsonl"), line + ("'diffs':" + diffs + more + "}\n").replace('\'', '"'));
    }

    private void assertInvalid(Path file, String... why) {
        assertThatThrownBy(() -> play(file, new ArrayList<>(List.of(BASE))))
                .isInstanceOfSatisfying(
                        MorphogenException.class, e -> assertThat(e.reason()).isEqualTo(FailureReason.REQUEST_INVALID))
                .hasMessageContainingAll(why);
    }

    private Path file(List<Chains.Block> blocks) throws IOException {
        Path file = Files.createTempFile(folder, "blocks", ".jsonl");
        Files.writeString(file, blocks.stream().map(Chains.Block::line).collect(Collectors.joining()));
        return file;
    }

    /** Follows the file to its end; tells the steps. */
    private static List<String> play(Path file, List<BlockInfo> applied) throws InterruptedException {
        List<String> steps = new ArrayList<>();
        try (RecordedFeed feed = new RecordedFeed(file)) {
            while (steps.isEmpty() || !steps.getLast().equals("end")) {
                switch (feed.next(applied, Wanted.ACCOUNTS, Duration.ZERO)) {
                    case FeedStep.Append(BlockChanges changes) -> {
                        assertThat(changes.isChildOf(applied.getLast())).isTrue();
                        applied.add(changes.block());
                        steps.add("+" + name(changes.block()));
                    }
                    case FeedStep.Undo(BlockInfo to) -> {
                        applied.subList(applied.indexOf(to) + 1, applied.size()).clear();
                        steps.add("-" + name(to));
                    }
                    case FeedStep.TooDeep(String why) -> {
                        steps.add(why);
                        return steps;
                    }
                    case FeedStep.Nothing _ -> steps.add("end");
                }
            }
        }
        return steps;
    }

    private static String name(BlockInfo block) {
        char branch = block.equals(Chains.info('a', block.number())) ? 'a' : 'b';
        return branch + Long.toString(block.number());
    }
}
