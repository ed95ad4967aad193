package org.morphogen.coordinator.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.snapshot.BlockInfo;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class JsonRpcFaultsTest {
    private static final BlockInfo BASE = Chains.info('a', 1);
    private static final List<BlockInfo> APPLIED = List.of(BASE);
    private static final int REPLY_BYTES = 1 << 16;

    private FakeEthereumNode node;
    private JsonRpcFeed feed;

    @BeforeEach
    void open() throws IOException {
        node = new FakeEthereumNode();
        node.serve(Chains.branch('a', Chains.info('a', 0), 4));
        feed = feed(Duration.ofSeconds(20));
    }

    @AfterEach
    void close() {
        feed.close();
        node.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "500 | oops | HTTP status 500",
                "401 | | HTTP status 401",
                "302 | | HTTP status 302",
                "200 | | is not a JSON object",
                "200 | <html>busy</html> | broken JSON",
                "200 | [{'id':0,'result | broken JSON",
                "200 | [] | lacks the answer",
                "200 | {} | neither result nor error",
                "200 | 17 | is not a JSON object",
                "200 | [17] | is not a JSON object",
                "200 | {'id':null,'error':{'code':-32600,'message':'no batches'}} | error -32600, 'no batches'",
                "200 | [{'id':0,'result':null},{'id':0,'result':null}] | an id is missing, unknown or there twice",
                "200 | [{'id':9,'result':null}] | an id is missing, unknown or there twice",
                "200 | [{'id':'0','result':null}] | an id is missing, unknown or there twice",
                "200 | [{'id':0,'result':{}}] | number: is missing",
                "200 | [{'id':0,'result':{'number':'0x00ffffffffffffffff'}}] | number: must be below 2^63",
                "200 | [{'id':0,'result':{'number':null}}] | number: is not text",
                "200 | [{'id':99999999999,'result':null}] | broken JSON",
                "200 | [] [] | something follows it",
            })
    void saysWhatIsWrongWithTheReplyAndGoesOnAfterwards(int status, String body, String why)
            throws InterruptedException {
        node.fail(FakeEthereumNode.reply(status, body == null ? "" : body.replace('\'', '"')));

        assertUnavailable(catchThrowable(() -> feed.next(APPLIED, Wanted.ACCOUNTS, Duration.ZERO)), why);
        assertThat(feed.next(APPLIED, Wanted.ACCOUNTS, Duration.ZERO)).isInstanceOf(FeedStep.Append.class);
    }

    /** Each stands in the place of {@code 'withdrawals':[]} in a block that a node sends. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'withdrawalsRoot':'ROOT'",
                "'withdrawals':null,'withdrawalsRoot':'ROOT'",
                "'withdrawals':[],'withdrawalsRoot':'ROOT'",
                "'withdrawalsRoot':'ROOT','withdrawals':[]",
                "'withdrawals':[{'address':'0x00000000000000000000000000000000000000aa','amount':'0x1'}],'withdrawalsRoot':'NONE'",
            })
    void withdrawalsThatANodeLeavesOutAreNotTakenForNone(String fields) throws IOException {
        answerHeads("\"withdrawals\":[]", withRoots(fields));

        assertUnavailable(
                catchThrowable(() -> feed.next(APPLIED, Wanted.ACCOUNTS, Duration.ZERO)),
                "withdrawals: are not those that withdrawalsRoot tells");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'withdrawals':[],'withdrawalsRoot':'NONE'",
                "'withdrawalsRoot':'NONE'",
                "'withdrawals':[{'address':'0x00000000000000000000000000000000000000aa','amount':'0x1'}],'withdrawalsRoot':'ROOT'",
                "'withdrawalsRoot':null",
                "'withdrawals':null",
            })
    void aBlockMayHaveNoWithdrawals(String fields) throws IOException, InterruptedException {
        answerHeads("\"withdrawals\":[]", withRoots(fields));

        assertThat(feed.next(APPLIED, Wanted.ACCOUNTS, Duration.ZERO)).isInstanceOf(FeedStep.Append.class);
    }

    @Test
    void transactionsThatANodeLeavesOutAreNotTakenForNone() throws IOException {
        answerHeads("\"transactions\":", "\"others\":");

        assertUnavailable(
                catchThrowable(() -> feed.next(APPLIED, Wanted.ACCOUNTS, Duration.ZERO)), "transactions: is missing");
    }

    @Test
    void deepNestingIsBrokenJson() {
        node.fail(FakeEthereumNode.reply(200, "[".repeat(20_000)));

        assertUnavailable(catchThrowable(() -> feed.next(APPLIED, Wanted.ACCOUNTS, Duration.ZERO)), "");
    }

    @Test
    void aTraceWithOtherTransactionsIsRefused() {
        Chains.Block block = Chains.branch('a', BASE, 2).getFirst();
        node.serve(List.of(
                Chains.branch('a', Chains.info('a', 0), 1).getFirst(),
                new Chains.Block(block.info(), block.parentHash(), List.of(), block.trace(), "[]")));

        assertUnavailable(
                catchThrowable(() -> feed.next(APPLIED, Wanted.ACCOUNTS, Duration.ZERO)),
                "its transactions are others");
    }

    @Test
    void tooLongAReplyIsNotReadToItsEnd() throws InterruptedException {
        CountDownLatch broken = new CountDownLatch(1);
        node.fail(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write("[{\"more\":[".getBytes(StandardCharsets.UTF_8));
                while (true) {
                    out.write("0,".repeat(10_000).getBytes(StandardCharsets.UTF_8));
                }
            } finally {
                broken.countDown();
            }
        });

        assertUnavailable(
                catchThrowable(() -> feed.next(APPLIED, Wanted.ACCOUNTS, Duration.ZERO)), "longer than " + REPLY_BYTES);
        broken.await();
    }

    @Test
    void aReplyThatBreaksOffIsTold() {
        node.fail(exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write("[{\"id\":0,".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
        });

        assertUnavailable(catchThrowable(() -> feed.next(APPLIED, Wanted.ACCOUNTS, Duration.ZERO)), "");
    }

    @Test
    void aReplyThatTricklesIsGivenUp() {
        CountDownLatch end = new CountDownLatch(1);
        node.fail(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            while (!end.await(5, TimeUnit.MILLISECONDS)) {
                exchange.getResponseBody().write(' ');
                exchange.getResponseBody().flush();
            }
        });
        try (JsonRpcFeed hasty = feed(Duration.ofMillis(200))) {
            assertUnavailable(
                    catchThrowable(() -> hasty.next(APPLIED, Wanted.ACCOUNTS, Duration.ZERO)),
                    "did not answer within 200 ms");
        } finally {
            end.countDown();
        }
    }

    @Test
    void triesAgainWithinTheWait() throws InterruptedException {
        node.fail(FakeEthereumNode.reply(503, ""), FakeEthereumNode.reply(200, "]"));

        assertThat(feed.next(APPLIED, Wanted.ACCOUNTS, Duration.ofSeconds(50))).isInstanceOf(FeedStep.Append.class);
    }

    @Test
    void anUnreachableNodeIsUnavailable() {
        URI url = node.url();
        node.close();
        try (JsonRpcFeed lost = new JsonRpcFeed(url, JsonRpcFeedTest.limits(1))) {
            assertUnavailable(
                    catchThrowable(() -> lost.next(APPLIED, Wanted.ACCOUNTS, Duration.ofMillis(150))),
                    "Check that it runs and can be");
        }
    }

    @Test
    void anInterruptEndsTheWait() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        node.fail(exchange -> {
            asked.countDown();
            never.await();
        });
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread thread = Thread.ofVirtual()
                .start(() -> thrown.set(catchThrowable(() -> feed.next(APPLIED, Wanted.ACCOUNTS, Duration.ofDays(1)))));
        asked.await();
        thread.interrupt();
        thread.join();

        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        never.countDown();
    }

    @Test
    void credentialsAreSentAndNeverTold() throws InterruptedException {
        URI url = node.url("user:hidden", "/hidden?key=hidden");
        try (JsonRpcFeed known = new JsonRpcFeed(url, JsonRpcFeedTest.limits(1))) {
            known.next(APPLIED, Wanted.ACCOUNTS, Duration.ZERO);
            assertThat(node.authorizations()).contains("Basic dXNlcjpoaWRkZW4=");
            node.fail(FakeEthereumNode.reply(500, ""));
            Throwable failed = catchThrowable(() -> known.next(APPLIED, Wanted.ACCOUNTS, Duration.ZERO));
            assertUnavailable(failed, node.url().toString());
            assertThat(failed.getMessage()).doesNotContain("hidden");
        }
    }

    @Test
    void refusesUrlsOfOtherKindsWithoutRepeatingThem() {
        for (String url : List.of("ws://hidden@127.0.0.1:1", "http:hidden", "/hidden", "http://")) {
            assertThatThrownBy(() -> feed(URI.create(url.equals("http://") ? "http:///" : url)))
                    .isInstanceOf(MorphogenException.class)
                    .hasMessageContaining("http://127.0.0.1:8545")
                    .hasMessageNotContaining("hidden");
        }
    }

    @Test
    void aGarbledReplyIsNothingWorseThanUnavailable() throws IOException, InterruptedException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String heads = node.answer(RpcCall.body(List.of(RpcCall.head(1), RpcCall.head(2))));
        String trace = node.answer(RpcCall.body(List.of(new RpcCall(
                "debug_traceBlockByHash", "[\"" + Chains.info('a', 2).hash() + "\"]"))));
        for (int i = 0; i < 400; i++) {
            boolean inHeads = random.nextBoolean();
            node.fail(FakeEthereumNode.reply(200, inHeads ? garbled(heads, random) : heads));
            if (!inHeads) {
                node.fail(FakeEthereumNode.reply(200, garbled(trace, random)));
            }
            Throwable thrown = catchThrowable(() -> feed.next(APPLIED, Wanted.ACCOUNTS, Duration.ZERO));
            if (thrown != null) {
                assertThat(thrown).as("seed %d, round %d", seed, i).isInstanceOf(MorphogenException.class);
            }
        }
    }

    static String garbled(String text, Random random) {
        StringBuilder out = new StringBuilder(text);
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            int at = random.nextInt(out.length());
            switch (random.nextInt(3)) {
                case 0 -> out.setCharAt(at, "{}[]\",:0x-e\u0000\u00e9n".charAt(random.nextInt(14)));
                case 1 -> out.delete(at, Math.min(out.length(), at + 1 + random.nextInt(40)));
                default -> out.insert(at, out.substring(at, Math.min(out.length(), at + random.nextInt(60))));
            }
            if (out.isEmpty()) {
                return "";
            }
        }
        return out.toString();
    }

    private static String withRoots(String fields) {
        return fields.replace("ROOT", "0x" + "5c".repeat(32))
                .replace("NONE", "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421")
                .replace('\'', '"');
    }

    /** The next request, for the heads of blocks 1 and 2, is answered with something in another's place. */
    private void answerHeads(String old, String other) throws IOException {
        String heads = node.answer(RpcCall.body(List.of(RpcCall.head(1), RpcCall.head(2))));
        assertThat(heads).contains(old);
        node.fail(FakeEthereumNode.reply(200, heads.replace(old, other)));
    }

    private JsonRpcFeed feed(Duration requestTime) {
        return new JsonRpcFeed(node.url(), new FeedLimits(requestTime, Duration.ofMillis(1), REPLY_BYTES, 1));
    }

    private static JsonRpcFeed feed(URI url) {
        return new JsonRpcFeed(url, FeedLimits.DEFAULT);
    }

    private static void assertUnavailable(Throwable thrown, String why) {
        assertThat(thrown)
                .isInstanceOfSatisfying(
                        MorphogenException.class, e -> assertThat(e.reason()).isEqualTo(FailureReason.UNAVAILABLE))
                .hasMessageContaining(why);
    }
}
