package org.morphogen.coordinator.feed;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.morphogen.coordinator.ethereum.Excerpt;
import org.morphogen.row.Bytes32;

/** Reads the words in storage slots after a block, as a recorded line tells them: {@code {address: {slot: word}}}. */
final class SlotWords {
    private final String place;
    private final JsonParser at;
    private final Map<SlotKey, Bytes32> words = new HashMap<>();

    private SlotWords(String place, JsonParser at) {
        this.place = place;
        this.at = at;
    }

    /**
     * Reads them; zero where nothing is.
     *
     * @param at stands at the first token, and afterwards at the last
     */
    static Map<SlotKey, Bytes32> read(String place, JsonParser at) throws IOException {
        SlotWords reader = new SlotWords(place, at);
        Json.object(place, at, reader::account);
        return reader.words;
    }

    private void account(String name) throws IOException {
        Address address = Hex.address(place, name);
        String here = place + "." + address;
        Json.object(here, at, slot -> {
            Bytes32 word = Hex.word(here, Json.text(here, at));
            SlotKey key = new SlotKey(address, Hex.word(here, slot));
            Json.once(here + "." + Excerpt.of(slot), words.put(key, word) != null);
            if (words.size() > DiffReader.MAX_ENTRIES) {
                throw new BadJson(place + ": more than " + DiffReader.MAX_ENTRIES + " in one block");
            }
        });
    }
}
