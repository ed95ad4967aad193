package org.morphogen.coordinator.feed;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.morphogen.failure.MorphogenException;
import org.morphogen.row.Bytes32;

/** What a node says of storage. Every failure is an UNAVAILABLE. Not thread-safe. */
final class NodeStorage {
    private static final String ADVICE = "Tables of storage slots need a node that serves eth_getStorageAt at a block's"
            + " hash (EIP-1898) and has the state of that block still: follow an archive node, or publish a snapshot of"
            + " a newer block.";

    private final NodeConnection node;

    NodeStorage(NodeConnection node) {
        this.node = node;
    }

    /**
     * The words in the slots that system calls write, as they are after a block; zero where nothing is. Asked for by the
     * block's hash: no other block's are taken for them. One exchange, of some twenty calls.
     */
    Map<SlotKey, Bytes32> systemWords(BlockHead head) throws InterruptedException {
        List<SlotKey> slots = SystemSlots.of(head.block().number(), timestamp(head));
        List<RpcAnswer<Optional<Bytes32>>> answers =
                node.ask(slots.stream().map(slot -> RpcCall.storage(head, slot)).toList(), NodeStorage::word);
        Map<SlotKey, Bytes32> words = new HashMap<>();
        for (int i = 0; i < slots.size(); i++) {
            words.put(slots.get(i), word(head, answers.get(i)));
        }
        return words;
    }

    private long timestamp(BlockHead head) {
        return head.timestamp()
                .orElseThrow(
                        () -> node.unavailable("sent block " + head.block().number() + " without its timestamp", null));
    }

    private static Optional<Bytes32> word(JsonParser at) throws IOException {
        return at.currentToken() == JsonToken.VALUE_NULL
                ? Optional.empty()
                : Optional.of(Hex.word("storage", Json.text("storage", at)));
    }

    private Bytes32 word(BlockHead head, RpcAnswer<Optional<Bytes32>> answer) {
        return switch (answer) {
            case RpcAnswer.Refusal<Optional<Bytes32>> refusal -> throw lacking(head, refusal.explained());
            case RpcAnswer.Result<Optional<Bytes32>>(Optional<Bytes32> word) ->
                word.orElseThrow(() -> lacking(head, "null"));
        };
    }

    private MorphogenException lacking(BlockHead head, String answered) {
        return node.unavailable(
                "answered for storage at block " + head.block().number() + " with " + answered, ADVICE, null);
    }
}
