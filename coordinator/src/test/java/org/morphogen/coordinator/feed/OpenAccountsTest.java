package org.morphogen.coordinator.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.morphogen.coordinator.ethereum.CodeHash;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.AccountValue;
import org.morphogen.row.Bytes32;
import org.morphogen.row.CodeDictionary;
import org.morphogen.snapshot.BlockInfo;

/** Accounts of which a trace leaves open what became of them: the node is asked. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class OpenAccountsTest {
    private static final BlockInfo BASE = Chains.info('a', 10);
    private static final BlockInfo NEXT = Chains.info('a', 11);
    private static final List<BlockInfo> APPLIED = List.of(BASE);
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String X = Chains.address(0xa);
    private static final String EMPTY_HASH = "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470";
    private static final String DELEGATION = "0xef0100" + "42".repeat(20);
    private static final Bytes32 DELEGATION_HASH = CodeHash.of(HexFormat.of().parseHex(DELEGATION.substring(2)));
    private static final String DELEGATED = "'X':{'balance':'0x9','nonce':5,'code':'" + DELEGATION + "'}";
    private static final String CONTRACT = "'X':{'balance':'0x9','nonce':5,'code':'0x6001'}";
    private static final Bytes32 CONTRACT_HASH = CodeHash.of(new byte[] {0x60, 0x01});

    @TempDir
    private Path folder;

    private FakeEthereumNode node;
    private JsonRpcFeed feed;

    @BeforeEach
    void open() throws IOException {
        node = new FakeEthereumNode();
        feed = new JsonRpcFeed(node.url(), JsonRpcFeedTest.limits(4));
    }

    @AfterEach
    void close() {
        feed.close();
        node.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'X':{'nonce':6}",
                "'X':{'nonce':6,'code':'0x'}",
                "'X':{'nonce':6,'codeHash':'0x" + EMPTY_HASH + "'}",
                "'X':{'nonce':6,'codeHash':'0x0'}",
                "'X':{'nonce':6,'code':'0x','codeHash':'0x0'}",
                "",
            })
    void aClearedDelegationComesToTheSameFromEveryKindOfNode(String post) throws InterruptedException {
        serve(diff(DELEGATED, post));
        has(9, 6, "0x");

        assertThat(next().accounts()).containsExactly(present(9, 6, CodeDictionary.EMPTY_CODE));
    }

    @Test
    void aDelegationThatIsToldByItsHashAloneMayBeCleared() throws InterruptedException {
        serve(diff("'X':{'nonce':5,'codeHash':'" + Chains.word(7) + "'}", "'X':{'nonce':6}"));
        has(0, 6, "0x");

        assertThat(next().accounts()).containsExactly(present(0, 6, CodeDictionary.EMPTY_CODE));
    }

    @Test
    void aDelegationStaysWhereTheAccountItselfSends() throws InterruptedException {
        serve(diff(DELEGATED, "'X':{'nonce':6}"));
        has(9, 6, DELEGATION);

        assertThat(next().accounts()).containsExactly(present(9, 6, DELEGATION_HASH));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "'X':{'codeHash':'0x0'}"})
    void anAccountThatIsStillThereStays(String post) throws InterruptedException {
        serve(diff(CONTRACT, post));
        has(0, 5, "0x6001");

        assertThat(next().accounts()).containsExactly(present(0, 5, CONTRACT_HASH));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "'X':{'codeHash':'0x0'}"})
    void anAccountThatIsNoMoreGoes(String post) throws InterruptedException {
        serve(diff(CONTRACT, post));

        assertThat(next().accounts()).containsExactly(gone());
    }

    @Test
    void slotsOfAnAccountThatIsStillThereStay() throws InterruptedException {
        serve(
                diff(CONTRACT, "'X':{'storage':{'0x1':'0x7','0x2':'0x8'}}"),
                diff("'X':{'nonce':5,'code':'0x6001','storage':{'0x2':'0x8','0x3':'0x1'}}", ""),
                diff(CONTRACT, "'X':{'balance':'0x1','storage':{'0x4':'0x9'}}"));
        node.holds(NEXT, X, "0x1", word(7));
        node.holds(NEXT, X, "0x3", word(2));
        node.holds(NEXT, X, "0x4", word(9));

        BlockChanges changes = appended(feed.next(APPLIED, Wanted.ACCOUNTS_AND_SLOTS, LONG));

        assertThat(changes.accounts()).containsExactly(present(1, 5, CONTRACT_HASH));
        assertThat(changes.slots().stream().filter(slot -> slot.address().equals(address())))
                .containsExactly(set(1, 7), cleared(2), set(3, 2), set(4, 9));
        assertThat(node.callsOf("eth_getBalance")).isZero();
    }

    @Test
    void slotsThatAreToldWithAWrongDeletionAreAskedFor() throws InterruptedException {
        serve(diff(DELEGATED, "'X':{'nonce':6,'codeHash':'0x0','storage':{'0x1':'0x7'}}"));
        has(9, 6, "0x");
        node.holds(NEXT, X, "0x1", word(7));

        assertThat(appended(feed.next(APPLIED, Wanted.ACCOUNTS_AND_SLOTS, LONG)).slots())
                .contains(set(1, 7));
    }

    @Test
    void aWithdrawalIsInTheNodesAnswerAlready() throws InterruptedException {
        serveWithWithdrawal(diff(DELEGATED, "'X':{'nonce':6}"));
        has(3_000_000_009L, 6, "0x");

        assertThat(next().accounts()).containsExactly(present(3_000_000_009L, 6, CodeDictionary.EMPTY_CODE));
    }

    @Test
    void aLaterTransactionOfTheBlockTellsWhatTheOneBeforeLeftOpen() throws InterruptedException {
        serve(diff(DELEGATED, "'X':{'nonce':6}"), diff("'X':{'balance':'0x9','nonce':6}", "'X':{'balance':'0x4'}"));

        assertThat(next().accounts()).containsExactly(present(4, 6, CodeDictionary.EMPTY_CODE));
        assertNothingAsked();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'X':{'balance':'0x4'}",
                "'X':{'storage':{'0x1':'0x2'}}",
                "'X':{'nonce':6,'code':'0xef01004242424242424242424242424242424242424242ff'}",
            })
    void aDelegatedAccountOfWhichAllIsToldIsNotAskedFor(String post) throws InterruptedException {
        serve(diff(DELEGATED, post));

        next();
        assertNothingAsked();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'X':{'balance':'0x9','nonce':5}",
                "'X':{'balance':'0x9','nonce':5,'codeHash':'0x" + EMPTY_HASH + "'}",
                "'X':{'balance':'0x9','nonce':5,'codeHash':'0x0'}",
                CONTRACT,
                "'X':{'nonce':5,'code':'0xef0100'}",
                "'X':{'nonce':5,'code':'0xef01014242424242424242424242424242424242424242'}",
                "",
            })
    void accountsWithoutADelegationAreNotAskedFor(String pre) throws InterruptedException {
        serve(diff(pre, "'X':{'nonce':6}"));

        next();
        assertNothingAsked();
    }

    @Test
    void manyAreAskedForAFewAtATime() throws InterruptedException {
        String pre = many("'code':'" + DELEGATION + "','nonce':5");
        serve(diff(pre, many("'nonce':6")));
        for (int i = 0; i < 25; i++) {
            node.hasAccount(NEXT, Chains.address(100 + i), "\"0x" + Integer.toHexString(i) + "\"", "\"0x6\"", "\"0x\"");
        }

        assertThat(next().accounts())
                .extracting(AccountChange::after)
                .isEqualTo(IntStream.range(0, 25)
                        .mapToObj(
                                i -> Optional.of(new AccountValue(BigInteger.valueOf(i), 6, CodeDictionary.EMPTY_CODE)))
                        .toList());
        assertThat(node.requests()).isEqualTo(1 + 1 + 3);
    }

    @Test
    void aReorganisationBeforeTheNodeIsAskedGivesTheNewBranch() throws InterruptedException {
        serve(diff(DELEGATED, "'X':{'nonce':6}"));
        List<Chains.Block> other =
                Chains.joined(Chains.branch('a', Chains.info('a', 9), 10), Chains.branch('b', BASE, 14));
        node.justBefore("eth_getCode", () -> node.serve(other));

        assertThat(next().block()).isEqualTo(Chains.info('b', 11));
    }

    @Test
    void aRecordedBlockComesToTheSame() throws InterruptedException {
        serveWithWithdrawal(diff(
                DELEGATED + ",'0x" + "bb".repeat(20) + "':{'nonce':1,'code':'0x6001','storage':{'0x1':'0x2'}}",
                "'X':{'nonce':6}"));
        has(3_000_000_009L, 6, "0x");
        Path file = folder.resolve("blocks.jsonl");

        new BlockRecorder(feed, Duration.ZERO, block -> {}).record(BASE, 11, file);

        FeedStep live = feed.next(APPLIED, Wanted.ACCOUNTS_AND_SLOTS, LONG);
        assertThat(appended(live).accounts()).contains(present(3_000_000_009L, 6, CodeDictionary.EMPTY_CODE));
        try (RecordedFeed recorded = new RecordedFeed(file)) {
            assertThat(recorded.next(APPLIED, Wanted.ACCOUNTS_AND_SLOTS, LONG)).isEqualTo(live);
        }
    }

    @Test
    void saysWhichCallsTheNodeMustServe() {
        serve(diff(DELEGATED, "'X':{'nonce':6}"));
        node.doesNotKnow("eth_getCode");

        assertUnavailable("answered for account state at block 11 with error -32601");
        assertUnavailable(
                "serves eth_getBalance, eth_getTransactionCount and eth_getCode at a block's hash (EIP-1898)");
    }

    @Test
    void saysThatTheNodeHasTheStateNoMore() {
        serve(diff(DELEGATED, "'X':{'nonce':6}"));
        node.keepsStateFrom(14);

        assertUnavailable("error -32000, 'missing trie node'");
        assertUnavailable("follow an archive node, or publish a snapshot of a newer block");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'0x100000000000000000000000000000000' | '0x1' | '0x' | balance",
                "'zz' | '0x1' | '0x' | is not 0x and hex digits",
                "'0x1' | '0x10000000000000000' | '0x' | nonce: must be below 2^64",
                "'0x1' | '0x1' | '0x123' | code: has an odd number",
                "'0x1' | '0x1' | null | account state at block 11 with null",
                "17 | '0x1' | '0x' | account state: is not text",
            })
    void refusesWhatIsNoAccount(String balance, String nonce, String code, String why) {
        serve(diff(DELEGATED, "'X':{'nonce':6}"));
        node.hasAccount(NEXT, X, balance.replace('\'', '"'), nonce.replace('\'', '"'), code.replace('\'', '"'));

        assertUnavailable(why);
    }

    private void serve(String... diffs) {
        serve("[]", List.of(diffs));
    }

    private void serveWithWithdrawal(String... diffs) {
        serve("[{\"address\":\"" + X + "\",\"amount\":\"0x3\"}]", List.of(diffs));
    }

    /** Blocks 10 and 11, the second with one transaction for each diff. */
    private void serve(String withdrawals, List<String> diffs) {
        Chains.Block block = Chains.branch('a', BASE, 11).getFirst();
        List<String> transactions =
                IntStream.range(0, diffs.size()).mapToObj(Chains::word).toList();
        String trace = IntStream.range(0, diffs.size())
                .mapToObj(i -> "{'txHash':'" + transactions.get(i) + "','result':" + diffs.get(i) + "}")
                .collect(Collectors.joining(",", "[", "]"));
        node.serve(Chains.joined(
                Chains.branch('a', Chains.info('a', 9), 10),
                List.of(new Chains.Block(
                        block.info(),
                        block.parentHash(),
                        transactions,
                        trace.replace("'X'", "'" + X + "'").replace('\'', '"'),
                        withdrawals))));
    }

    private static String many(String fields) {
        return IntStream.range(0, 25)
                .mapToObj(i -> "'" + Chains.address(100 + i) + "':{" + fields + "}")
                .collect(Collectors.joining(","));
    }

    private static String diff(String pre, String post) {
        return "{'pre':{" + pre + "},'post':{" + post + "}}";
    }

    /** What the node says of the account after block 11. */
    private void has(long balance, long nonce, String code) {
        node.hasAccount(
                NEXT, X, "\"" + Hex.ofNumber(balance) + "\"", "\"" + Hex.ofNumber(nonce) + "\"", "\"" + code + "\"");
    }

    private BlockChanges next() throws InterruptedException {
        return appended(feed.next(APPLIED, Wanted.ACCOUNTS, LONG));
    }

    private static BlockChanges appended(FeedStep step) {
        assertThat(step).isInstanceOf(FeedStep.Append.class);
        return ((FeedStep.Append) step).changes();
    }

    private static Address address() {
        return Address.of(HexFormat.of().parseHex(X.substring(2)));
    }

    private static AccountChange present(long balance, long nonce, Bytes32 codeHash) {
        return new AccountChange(
                address(), Optional.of(new AccountValue(BigInteger.valueOf(balance), nonce, codeHash)));
    }

    private static AccountChange gone() {
        return new AccountChange(address(), Optional.empty());
    }

    private static SlotChange set(long slot, long word) {
        return new SlotChange(
                address(), Bytes32.parse(Chains.word(slot)), Optional.of(Bytes32.parse(Chains.word(word))));
    }

    private static SlotChange cleared(long slot) {
        return new SlotChange(address(), Bytes32.parse(Chains.word(slot)), Optional.empty());
    }

    private static String word(long value) {
        return "\"" + Chains.word(value) + "\"";
    }

    private void assertNothingAsked() {
        assertThat(node.calls()).doesNotContain("eth_getBalance", "eth_getTransactionCount", "eth_getCode");
    }

    private void assertUnavailable(String why) {
        assertThatThrownBy(() -> feed.next(APPLIED, Wanted.ACCOUNTS, Duration.ZERO))
                .isInstanceOfSatisfying(
                        MorphogenException.class, e -> assertThat(e.reason()).isEqualTo(FailureReason.UNAVAILABLE))
                .hasMessageContaining(why);
    }
}
