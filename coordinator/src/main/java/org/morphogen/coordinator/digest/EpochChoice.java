package org.morphogen.coordinator.digest;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.protocol.v1.DigestsRequest;
import org.morphogen.protocol.v1.EpochBinding;
import org.morphogen.protocol.v1.ServedGeneration;

/** Which epoch of a window is meant. */
final class EpochChoice {
    private EpochChoice() {}

    /** The epoch, or that of the block, that was asked for; the head where none was. Fails with EPOCH_OUTSIDE_WINDOW. */
    static EpochBinding of(DigestsRequest request, ServedGeneration serving) {
        return switch (request.getAtCase()) {
            case EPOCH -> find(serving, epoch -> epoch.getEpoch() == request.getEpoch());
            case BLOCK_NUMBER -> find(serving, epoch -> epoch.getBlockNumber() == request.getBlockNumber());
            case AT_NOT_SET -> serving.getHead();
        };
    }

    private static EpochBinding find(ServedGeneration serving, Predicate<EpochBinding> wanted) {
        List<EpochBinding> window = serving.getWindowList();
        return window.stream().filter(wanted).findFirst().orElseThrow(() -> {
            EpochBinding oldest = window.isEmpty() ? serving.getHead() : window.getFirst();
            EpochBinding head = serving.getHead();
            return new MorphogenException(
                    FailureReason.EPOCH_OUTSIDE_WINDOW,
                    "This party answers for epochs %d to %d, blocks %d to %d."
                            .formatted(
                                    oldest.getEpoch(), head.getEpoch(), oldest.getBlockNumber(), head.getBlockNumber()),
                    Map.of("first", Long.toString(oldest.getEpoch()), "last", Long.toString(head.getEpoch())));
        });
    }
}
