package org.morphogen.coordinator.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.morphogen.coordinator.ethereum.CodeHash;
import org.morphogen.row.AccountValue;
import org.morphogen.row.Bytes32;
import org.morphogen.row.CodeDictionary;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class BlockDiffsTest {
    private static final String A = Chains.address(0xa);
    private static final String B = Chains.address(0xb);
    private static final Bytes32 NO_CODE = CodeDictionary.EMPTY_CODE;
    /** Some code hash. */
    private static final Bytes32 SOME_CODE = Bytes32.parse("0x" + "9c".repeat(32));

    @Test
    void takesTheFieldsThatChangedFromPostAndTheRestFromPre() throws IOException {
        BlockChanges changes =
                merge(diff("'A':{'balance':'0x64','nonce':7,'code':'0x6001'}", "'A':{'balance':'0x63'}"));

        assertThat(changes.accounts()).containsExactly(present(A, 0x63, 7, CodeHash.of(new byte[] {0x60, 0x01})));
    }

    @Test
    void missingNonceIsZeroAndMissingCodeIsNone() throws IOException {
        assertThat(merge(diff("'A':{'balance':'0x64'}", "'A':{'balance':'0x63'}"))
                        .accounts())
                .containsExactly(present(A, 0x63, 0, NO_CODE));
    }

    @Test
    void nonceIsANumberOrHex() throws IOException {
        BlockChanges changes = merge(diff(
                "'A':{'balance':'0x64','nonce':'0x7'},'B':{'balance':'0x1'}", "'A':{'nonce':'0x8'},'B':{'nonce':1}"));

        assertThat(changes.accounts()).containsExactly(present(A, 0x64, 8, NO_CODE), present(B, 1, 1, NO_CODE));
    }

    @Test
    void nonceGoesUpTo64Bits() throws IOException {
        BlockChanges changes = merge(diff("'A':{'nonce':18446744073709551615}", "'A':{'balance':'0x1'}"));

        assertThat(changes.accounts()).containsExactly(present(A, 1, -1, NO_CODE));
    }

    @Test
    void anAccountInPostAloneWasCreated() throws IOException {
        BlockChanges changes = merge(diff("", "'A':{'balance':'0x5','nonce':1,'code':'0x6001'}"));

        assertThat(changes.accounts()).containsExactly(present(A, 5, 1, CodeHash.of(new byte[] {0x60, 0x01})));
    }

    @Test
    void anAccountInPreAloneWasDeletedWithTheSlotsThatAreTold() throws IOException {
        BlockChanges changes =
                merge(diff("'A':{'balance':'0x5','nonce':1,'code':'0x6001','storage':{'0x1':'0x2'}}", ""));

        assertThat(changes.accounts()).containsExactly(gone(A));
        assertThat(changes.slots()).containsExactly(cleared(A, 1));
    }

    @Test
    void anEmptyPostMeansThatSlotsWereCleared() throws IOException {
        BlockChanges changes =
                merge(diff("'A':{'balance':'0x5','nonce':1,'storage':{'0x1':'0x2','0x3':'0x4'}}", "'A':{}"));

        assertThat(changes.accounts()).containsExactly(present(A, 5, 1, NO_CODE));
        assertThat(changes.slots()).containsExactly(cleared(A, 1), cleared(A, 3));
    }

    @Test
    void slotsInPreAloneAreClearedAndOthersSet() throws IOException {
        BlockChanges changes = merge(diff(
                "'A':{'nonce':1,'storage':{'0x1':'0x2','0x3':'0x4'}}", "'A':{'storage':{'0x3':'0x5','0x9':'0x6'}}"));

        assertThat(changes.slots()).containsExactly(cleared(A, 1), set(A, 3, 5), set(A, 9, 6));
    }

    @Test
    void aSlotThatIsToldAsZeroIsCleared() throws IOException {
        BlockChanges changes = merge(diff("'A':{'nonce':1}", "'A':{'storage':{'" + Chains.word(1) + "':'0x0'}}"));

        assertThat(changes.slots()).containsExactly(cleared(A, 1));
    }

    @Test
    void transactionsAreMergedInOrder() throws IOException {
        BlockChanges changes = merge(
                diff("'A':{'balance':'0x9'}", "'A':{'balance':'0x8','nonce':1,'storage':{'0x1':'0x1'}}"),
                diff(
                        "'A':{'balance':'0x8','nonce':1,'storage':{'0x1':'0x1'}}",
                        "'A':{'balance':'0x7','nonce':2,'storage':{'0x1':'0x2'}}"));

        assertThat(changes.accounts()).containsExactly(present(A, 7, 2, NO_CODE));
        assertThat(changes.slots()).containsExactly(set(A, 1, 2));
    }

    @Test
    void anAccountThatEndsEmptyIsDeleted() throws IOException {
        BlockChanges changes = merge(diff("'A':{'balance':'0x9'}", "'A':{'balance':'0x0'}"));

        assertThat(changes.accounts()).containsExactly(gone(A));
    }

    @Test
    void anEmptyAccountThatWasTouchedIsDeleted() throws IOException {
        assertThat(merge(diff("'A':{'balance':'0x0'}", "")).accounts()).containsExactly(gone(A));
        assertThat(merge(diff("'A':{'balance':'0x0'}", "'A':{}")).accounts()).containsExactly(gone(A));
    }

    @Test
    void anAccountCanBeDeletedAndCreatedAgainInOneBlock() throws IOException {
        BlockChanges changes = merge(
                diff("'A':{'nonce':1,'code':'0x6001'}", "'A':{'storage':{'0x1':'0x1','0x2':'0x2'}}"),
                diff("'A':{'nonce':1,'code':'0x6001','storage':{'0x1':'0x1'}}", ""),
                diff("", "'A':{'balance':'0x3','nonce':1,'storage':{'0x5':'0x5'}}"));

        assertThat(changes.accounts()).containsExactly(present(A, 3, 1, NO_CODE));
        assertThat(changes.slots()).containsExactly(cleared(A, 1), cleared(A, 2), set(A, 5, 5));
    }

    @Test
    void anAccountCanBeCreatedAndDeletedInOneBlock() throws IOException {
        BlockChanges changes = merge(
                diff("", "'A':{'balance':'0x3','nonce':1,'storage':{'0x5':'0x5'}}"),
                diff("'A':{'balance':'0x3','nonce':1}", ""));

        assertThat(changes.accounts()).containsExactly(gone(A));
        assertThat(changes.slots()).containsExactly(cleared(A, 5));
    }

    @Test
    void codeThatIsTakenAwayIsToldAsNone() throws IOException {
        String pre = "'A':{'balance':'0x1','nonce':1,'code':'0x6001'}";

        assertThat(merge(diff(pre, "'A':{'code':'0x','nonce':2}")).accounts())
                .containsExactly(present(A, 1, 2, NO_CODE));
        assertThat(merge(diff(pre, "'A':{'codeHash':'" + NO_CODE + "','nonce':2}"))
                        .accounts())
                .containsExactly(present(A, 1, 2, NO_CODE));
    }

    @Test
    void codeHashesMayStandForCode() throws IOException {
        BlockChanges changes = merge(diff(
                "'A':{'nonce':1,'codeHash':'" + SOME_CODE + "'},'B':{'codeHash':'0x0'}",
                "'A':{'nonce':2},'B':{'nonce':1}"));

        assertThat(changes.accounts()).containsExactly(present(A, 0, 2, SOME_CODE), present(B, 0, 1, NO_CODE));
    }

    @Test
    void aCodeHashOfZeroAfterwardsMeansDeleted() throws IOException {
        BlockChanges changes =
                merge(diff("'A':{'nonce':1,'balance':'0x1'}", "'A':{'codeHash':'" + Chains.word(0) + "'}"));

        assertThat(changes.accounts()).containsExactly(gone(A));
    }

    @Test
    void withdrawalsAreAddedToBalancesThatAreKnown() throws IOException {
        BlockChanges changes = merge(
                List.of(gwei(A, 2), gwei(B, 3), gwei(A, 1)), diff("'A':{'balance':'0x9'}", "'A':{'balance':'0x7'}"));

        assertThat(changes.accounts()).containsExactly(present(A, 3_000_000_007L, 0, NO_CODE));
        assertThat(changes.credits()).containsExactly(new Credit(address(B), BigInteger.valueOf(3_000_000_000L)));
    }

    @Test
    void aWithdrawalMakesADeletedAccountAgain() throws IOException {
        BlockChanges changes = merge(List.of(gwei(A, 1)), diff("'A':{'balance':'0x9','nonce':4}", ""));

        assertThat(changes.accounts()).containsExactly(present(A, 1_000_000_000L, 0, NO_CODE));
    }

    @Test
    void withdrawalsOfNothingAreLeftOut() throws IOException {
        assertThat(merge(List.of(gwei(A, 0))).credits()).isEmpty();
    }

    @Test
    void aWithdrawalOverTheGreatestBalanceIsRefused() {
        String most = "0x" + "f".repeat(32);
        assertThatThrownBy(() -> merge(List.of(gwei(A, 1)), diff("", "'A':{'balance':'" + most + "'}")))
                .isInstanceOf(BadJson.class)
                .hasMessageContaining("withdrawals: balance");
    }

    @Test
    void accountsAndSlotsComeInOrder() throws IOException {
        BlockChanges changes = merge(diff(
                "",
                "'0x" + "ff".repeat(20) + "':{'nonce':1},'A':{'nonce':1,'storage':{'0xff" + "00".repeat(31)
                        + "':'0x1','0x1':'0x1'}}"));

        assertThat(changes.accounts())
                .extracting(AccountChange::address)
                .isSorted()
                .hasSize(2);
        assertThat(changes.slots().getFirst()).isEqualTo(set(A, 1, 1));
    }

    @Test
    void whatIsToldOfASlotAfterTheBlockStandsWhateverTheDiffsSay() throws IOException {
        Map<SlotKey, Bytes32> words = Map.of(
                key(A, 1),
                word(7),
                key(A, 2),
                Words.ZERO,
                key(A, 3),
                word(8),
                key(B, 9),
                word(5),
                key(B, 8),
                Words.ZERO);

        BlockChanges changes = merge(
                List.of(),
                words,
                diff(
                        "'A':{'nonce':1,'storage':{'0x3':'0x1'}}",
                        "'A':{'storage':{'0x1':'0x6','0x2':'0x6','0x4':'0x6'}}"));

        assertThat(changes.slots())
                .containsExactly(set(A, 1, 7), cleared(A, 2), set(A, 3, 8), set(A, 4, 6), cleared(B, 8), set(B, 9, 5));
        assertThat(changes.accounts()).containsExactly(present(A, 0, 1, NO_CODE));
    }

    @Test
    void soItDoesForAnAccountThatIsNoMore() throws IOException {
        BlockChanges changes = merge(
                List.of(), Map.of(key(A, 1), word(7)), diff("'A':{'nonce':1,'storage':{'0x1':'0x2','0x2':'0x2'}}", ""));

        assertThat(changes.slots()).containsExactly(set(A, 1, 7), cleared(A, 2));
    }

    @Test
    void takesAnEmptyBlockAndUnknownFields() throws IOException {
        assertThat(merge().accounts()).isEmpty();
        assertThat(merge("{'gas':1,'pre':{},'error':null,'post':{},'more':{'a':[1,{}]}}")
                        .accounts())
                .isEmpty();
    }

    @Test
    void aTransactionMayBeWrappedAsAResult() throws IOException {
        String wrapped = "{'txHash':'" + Chains.word(1) + "','result':" + diff("", "'A':{'nonce':1}") + "}";

        assertThat(merge(wrapped).accounts()).containsExactly(present(A, 0, 1, NO_CODE));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'pre':{}} | lacks pre or post",
                "{} | lacks pre or post",
                "{'pre':{},'pre':{},'post':{}} | pre: stands twice",
                "{'pre':[],'post':{}} | pre: is not a JSON object",
                "5 | is not a JSON object",
                "{'error':'execution timeout'} | could not be traced: execution timeout",
                "{'pre':{'0x12':{}},'post':{}} | is no address",
                "{'pre':{'zz':{}},'post':{}} | is not 0x and hex digits",
                "{'pre':{'A':null},'post':{}} | is not a JSON object",
                "{'pre':{'A':{},'A':{}},'post':{}} | stands twice",
                "{'pre':{},'post':{'A':{'balance':'1'}}} | balance: '1' is not 0x and hex digits",
                "{'pre':{},'post':{'A':{'balance':'0x'}}} | balance: is not 0x and 1 to 64 hex digits",
                "{'pre':{},'post':{'A':{'balance':-1}}} | balance: must be 0 or more",
                "{'pre':{},'post':{'A':{'balance':1.5}}} | balance: is not text",
                "{'pre':{},'post':{'A':{'balance':'0x100000000000000000000000000000000'}}} | below 2^128",
                "{'pre':{},'post':{'A':{'nonce':18446744073709551616}}} | nonce: must be 0 or more and below 2^64",
                "{'pre':{},'post':{'A':{'code':'0x123'}}} | code: has an odd number",
                "{'pre':{},'post':{'A':{'code':'0x6001','codeHash':'0x1'}}} | codeHash is not that of code",
                "{'pre':{},'post':{'A':{'storage':{'0x1':1}}}} | storage: is not text",
                "{'pre':{},'post':{'A':{'storage':{'0x1':'0x1','0x01':'0x1'}}}} | stands twice",
            })
    void refusesWhatIsNoDiff(String diff, String why) {
        assertThatThrownBy(() -> merge(diff)).isInstanceOf(BadJson.class).hasMessageContaining(why);
    }

    @Test
    void refusesMoreThanItTakesOfOneBlock() {
        String[] many = new String[DiffReader.MAX_ENTRIES + 1];
        Arrays.fill(many, "{'pre':{},'post':{}}");

        assertThatThrownBy(() -> merge(many)).isInstanceOf(BadJson.class).hasMessageContaining("more than");
    }

    private static BlockChanges merge(String... diffs) throws IOException {
        return merge(List.of(), diffs);
    }

    private static BlockChanges merge(List<Withdrawal> withdrawals, String... diffs) throws IOException {
        return merge(withdrawals, Map.of(), diffs);
    }

    private static BlockChanges merge(List<Withdrawal> withdrawals, Map<SlotKey, Bytes32> words, String... diffs)
            throws IOException {
        String json = "[" + String.join(",", diffs) + "]";
        try (JsonParser at = Json.FACTORY.createParser(
                json.replace("'A'", "'" + A + "'").replace("'B'", "'" + B + "'").replace('\'', '"'))) {
            at.nextToken();
            BlockHead head =
                    new BlockHead(Chains.info('a', 2), Chains.word(1), OptionalLong.empty(), List.of(), withdrawals);
            return BlockTrace.read(at).diffs().changes(head, new StateAnswers(Map.of(), words));
        }
    }

    private static String diff(String pre, String post) {
        return "{'post':{" + post + "},'pre':{" + pre + "}}";
    }

    private static Address address(String text) {
        try {
            return Hex.address("test", text);
        } catch (BadJson bad) {
            throw new AssertionError(bad);
        }
    }

    private static Withdrawal gwei(String address, long gwei) {
        return Withdrawal.ofGwei(address(address), BigInteger.valueOf(gwei));
    }

    private static AccountChange present(String address, long balance, long nonce, Bytes32 codeHash) {
        return new AccountChange(
                address(address), Optional.of(new AccountValue(BigInteger.valueOf(balance), nonce, codeHash)));
    }

    private static AccountChange gone(String address) {
        return new AccountChange(address(address), Optional.empty());
    }

    private static SlotKey key(String address, long slot) {
        return new SlotKey(address(address), word(slot));
    }

    private static Bytes32 word(long value) {
        return Bytes32.parse(Chains.word(value));
    }

    private static SlotChange set(String address, long slot, long word) {
        return new SlotChange(address(address), word(slot), Optional.of(word(word)));
    }

    private static SlotChange cleared(String address, long slot) {
        return new SlotChange(address(address), word(slot), Optional.empty());
    }
}
