package org.morphogen.node.generation;

import java.util.Map;
import java.util.Optional;
import org.morphogen.epoch.DictionaryPage;
import org.morphogen.epoch.Epoch;
import org.morphogen.epoch.GrownDictionary;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.epoch.Timeline;
import org.morphogen.protocol.v1.DictionaryRequest;
import org.morphogen.protocol.v1.DictionaryResponse;

/** Tells what blocks have added to dictionaries. An answer has at most 512 KiB. Thread-safe. */
public final class HeldDictionaries {
    private final HeldGenerations generations;

    /** Of these generations. */
    public HeldDictionaries(HeldGenerations generations) {
        this.generations = generations;
    }

    /**
     * A part of a dictionary as it was at an epoch. Fails with GENERATION_UNKNOWN, TABLE_UNKNOWN, REQUEST_INVALID, or as
     * {@link Timeline#pin(long, byte[])} does.
     */
    public DictionaryResponse read(DictionaryRequest request) {
        Timeline epochs = generations
                .find(request.getGeneration())
                .flatMap(HeldGeneration::epochs)
                .orElseThrow(() -> new MorphogenException(
                        FailureReason.GENERATION_UNKNOWN, "generation: this node serves nothing of it."));
        if (request.getEpochMark().size() != Epoch.MARK_BYTES) {
            throw invalid("epoch_mark: not " + Epoch.MARK_BYTES + " bytes");
        }
        try (Timeline.Pin at =
                epochs.pin(request.getEpoch(), request.getEpochMark().toByteArray())) {
            return page(at.epoch().dictionaries().of(request.getTable()), request.getFirst());
        }
    }

    private static DictionaryResponse page(Optional<GrownDictionary> dictionary, int first) {
        GrownDictionary known = dictionary.orElseThrow(() -> new MorphogenException(
                FailureReason.TABLE_UNKNOWN, "table: the generation has no such table, or it has no dictionary."));
        try {
            return DictionaryPage.write(known, first);
        } catch (IllegalArgumentException wrong) {
            throw invalid(String.valueOf(wrong.getMessage()));
        }
    }

    private static MorphogenException invalid(String what) {
        return new MorphogenException(FailureReason.REQUEST_INVALID, what + ".", Map.of());
    }
}
