package org.morphogen.coordinator.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.morphogen.coordinator.ethereum.CodeHash;
import org.morphogen.row.AccountValue;
import org.morphogen.row.CodeDictionary;
import org.morphogen.snapshot.BlockInfo;

/**
 * Accounts of a real node that delegate, clear their delegations, and run code that deletes itself elsewhere. Run with
 * {@code -Danvil.path=FILE} (foundry's anvil) and {@code -Plong}.
 */
@Tag("long")
@EnabledIfSystemProperty(named = "anvil.path", matches = ".+")
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class LiveDelegationTest {
    private static final int BLOCKS = 100;
    private static final int AUTHORITIES = 5;
    private static final int SENDING = 2;
    private static final BigInteger MUCH = BigInteger.TEN.pow(18);
    private static final String NOBODY = Chains.address(0);

    @TempDir
    private Path folder;

    @Test
    void everyAccountIsWhatTheNodeSays() throws IOException, InterruptedException {
        long seed = Long.getLong("anvil.seed", System.nanoTime());
        System.out.println("LiveDelegationTest seed " + seed);
        try (Anvil anvil = Anvil.start(Path.of(System.getProperty("anvil.path")), "--hardfork", "prague");
                JsonRpcFeed feed = new JsonRpcFeed(anvil.url(), limits())) {
            Story story = new Story(anvil, feed, new Random(seed));
            story.begin();
            for (int i = 0; i < BLOCKS; i++) {
                story.block();
            }
            assertThat(story.cleared).as("seed %d", seed).isGreaterThan(5);
            assertThat(story.delegated).as("seed %d", seed).isGreaterThan(5);
            assertThat(story.sent).as("seed %d", seed).isGreaterThan(5);
            story.assertRecordedAlike(folder.resolve("recorded.jsonl"));
        }
    }

    private static FeedLimits limits() {
        return new FeedLimits(Duration.ofSeconds(30), Duration.ofMillis(20), 64 << 20, 4);
    }

    /** Makes blocks, and follows each with the feed. */
    private static final class Story {
        private final Anvil anvil;
        private final JsonRpcFeed feed;
        private final Random random;
        private final List<Authority> authorities = new ArrayList<>();
        private final BlockInfo base;
        private final Replay replay;
        private final String sender;
        private final long chain;
        private String contract = NOBODY;
        private int delegated;
        private int cleared;
        private int sent;

        Story(Anvil anvil, JsonRpcFeed feed, Random random) {
            this.anvil = anvil;
            this.feed = feed;
            this.random = random;
            this.base = anvil.head();
            this.replay = new Replay(base, Map.of());
            this.sender = anvil.accounts().getFirst();
            this.chain = Long.decode(anvil.call("eth_chainId", "[]").asText());
            for (int i = 0; i < AUTHORITIES; i++) {
                authorities.add(new Authority(random));
            }
        }

        /** A contract to delegate to, and money for those that send. */
        void begin() throws InterruptedException {
            String created = anvil.send(sender, "'data':'" + AnvilSession.CONTRACT + "'");
            for (Authority rich : authorities.subList(0, SENDING)) {
                anvil.send(sender, "'to':'" + rich.address() + "','value':'0x" + MUCH.toString(16) + "'");
                anvil.call("anvil_impersonateAccount", "['" + rich.address() + "']");
            }
            mine();
            contract = anvil.call("eth_getTransactionReceipt", "['" + created + "']")
                    .get("contractAddress")
                    .asText();
        }

        void block() throws InterruptedException {
            for (Authority authority : authorities) {
                long nonce = count(authority);
                switch (random.nextInt(7)) {
                    case 0 -> delegate(authority.delegates(chain, contract, nonce));
                    case 1 -> clear(authority.delegates(chain, NOBODY, nonce));
                    case 2 -> {
                        delegate(authority.delegates(chain, contract, nonce));
                        clear(authority.delegates(chain, NOBODY, nonce + 1));
                    }
                    case 3 ->
                        clear(authority.delegates(chain, contract, nonce) + ","
                                + authority.delegates(chain, NOBODY, nonce + 1));
                    case 4 -> anvil.send(sender, "'to':'" + authority.address() + "'");
                    case 5 ->
                        anvil.send(
                                sender,
                                "'to':'" + authority.address() + "','data':'" + Chains.word(1)
                                        + Chains.word(random.nextInt(3)).substring(2) + "'");
                    default -> send(authority);
                }
            }
            mine();
        }

        private void delegate(String authorizations) {
            delegated++;
            authorize(authorizations);
        }

        private void clear(String authorizations) {
            cleared++;
            authorize(authorizations);
        }

        private void authorize(String authorizations) {
            anvil.send(
                    sender,
                    "'to':'" + Chains.address(77) + "','type':'0x4','authorizationList':[" + authorizations + "]");
        }

        private void send(Authority authority) {
            boolean rich = value(authority).balance().compareTo(MUCH) >= 0;
            if (authorities.indexOf(authority) < SENDING && rich) {
                sent++;
                anvil.send(authority.address(), "'to':'" + Chains.address(77) + "','value':'0x1'");
            } else {
                anvil.send(sender, "'to':'" + authority.address() + "','value':'0x" + MUCH.toString(16) + "'");
            }
        }

        private void mine() throws InterruptedException {
            BlockInfo block = anvil.mine();
            FeedStep step = next(feed, replay);
            while (replay.take(step)) {
                step = next(feed, replay);
            }
            assertThat(replay.applied().getLast()).isEqualTo(block);
            assertHeldBy(replay);
        }

        private static FeedStep next(BlockFeed feed, Replay replay) throws InterruptedException {
            return feed.next(replay.applied(), Wanted.ACCOUNTS_AND_SLOTS, Duration.ZERO);
        }

        private void assertHeldBy(Replay replayed) {
            Map<String, AccountValue> said = new HashMap<>();
            Map<String, AccountValue> told = new HashMap<>();
            Map<String, String> saidWords = new HashMap<>();
            Map<String, String> toldWords = new HashMap<>();
            for (Authority authority : authorities) {
                Address address =
                        Address.of(HexFormat.of().parseHex(authority.address().substring(2)));
                said.put(authority.address(), value(authority));
                told.put(authority.address(), replayed.account(address));
                saidWords.put(
                        authority.address(),
                        anvil.call("eth_getStorageAt", "['" + authority.address() + "','0x1','latest']")
                                .asText());
                toldWords.put(
                        authority.address(), replayed.slot(address, Words.of(1)).toString());
            }
            assertThat(told).as("at block %s", anvil.head().number()).isEqualTo(said);
            assertThat(toldWords).as("at block %s", anvil.head().number()).isEqualTo(saidWords);
        }

        private AccountValue value(Authority authority) {
            String code = anvil.call("eth_getCode", "['" + authority.address() + "','latest']")
                    .asText()
                    .substring(2);
            BigInteger balance = anvil.quantity(
                    "eth_getBalance", authority.address(), anvil.head().number());
            return new AccountValue(
                    balance,
                    count(authority),
                    code.isEmpty()
                            ? CodeDictionary.EMPTY_CODE
                            : CodeHash.of(HexFormat.of().parseHex(code)));
        }

        private long count(Authority authority) {
            return anvil.quantity(
                            "eth_getTransactionCount",
                            authority.address(),
                            anvil.head().number())
                    .longValueExact();
        }

        void assertRecordedAlike(Path file) throws InterruptedException {
            try (JsonRpcFeed again = new JsonRpcFeed(anvil.url(), limits())) {
                new BlockRecorder(again, Duration.ZERO, block -> {}).record(base, Long.MAX_VALUE, file);
            }
            Replay played = new Replay(base, Map.of());
            try (RecordedFeed recorded = new RecordedFeed(file)) {
                FeedStep step = next(recorded, played);
                while (played.take(step)) {
                    step = next(recorded, played);
                }
            }
            assertThat(played.applied()).isEqualTo(replay.applied());
            assertHeldBy(played);
        }
    }
}
