package org.morphogen.node.query;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.morphogen.epoch.Epoch;
import org.morphogen.failure.FailureReason;
import org.morphogen.failure.MorphogenException;
import org.morphogen.node.carousel.Ride;
import org.morphogen.node.epoch.Timeline;
import org.morphogen.node.generation.HeldGeneration;
import org.morphogen.node.generation.HeldGenerations;
import org.morphogen.protocol.v1.QueryRequest;
import org.morphogen.protocol.v1.WayKeys;
import org.morphogen.snapshot.TableManifest;
import org.morphogen.transport.Limits;

/**
 * Checks a query against the protocol and against what this node holds. Messages never repeat what the client sent.
 * Thread-safe.
 */
final class QueryCheck {
    private final int party;
    private final HeldGenerations generations;

    QueryCheck(int party, HeldGenerations generations) {
        this.party = party;
        this.generations = generations;
    }

    /** The ride, to be closed by the caller; fails with the reason that the answer is to carry. */
    Ride ride(QueryRequest request) {
        generations.requireSound();
        HeldGeneration generation = generation(request.getGeneration());
        TableManifest table = generation
                .manifest()
                .flatMap(manifest -> manifest.table(request.getTable()))
                .orElseThrow(() -> new MorphogenException(
                        FailureReason.TABLE_UNKNOWN, "table: the generation has no such table."));
        checkWays(request, table);
        checkSizes(request, table.rowBytes());
        PlanBuilder plan = new PlanBuilder(party, table, generation, epoch(request, generation));
        try {
            request.getWaysList().forEach(plan::add);
            return plan.build();
        } catch (RuntimeException | Error refused) {
            plan.abandon();
            throw refused;
        }
    }

    /** NOT_SERVING if scans fail for a reason that this node knows. */
    Optional<MorphogenException> fault() {
        return generations.refusal();
    }

    private HeldGeneration generation(long number) {
        return generations
                .find(number)
                .filter(held -> held.epochs().isPresent())
                .orElseThrow(() -> {
                    String served =
                            generations.numbers().stream().map(String::valueOf).collect(Collectors.joining(","));
                    return new MorphogenException(
                            FailureReason.GENERATION_UNKNOWN,
                            "generation: this node serves " + (served.isEmpty() ? "none" : served) + ".",
                            Map.of("served", served));
                });
    }

    /** The epoch that is asked for, pinned. */
    private static Timeline.Pin epoch(QueryRequest request, HeldGeneration generation) {
        if (request.getEpochMark().size() != Epoch.MARK_BYTES) {
            throw invalid("epoch_mark: not " + Epoch.MARK_BYTES + " bytes");
        }
        return generation
                .epochs()
                .orElseThrow(() -> new MorphogenException(
                        FailureReason.NOT_SERVING, "generation: this node does not know its epochs, or not yet."))
                .pin(request.getEpoch(), request.getEpochMark().toByteArray());
    }

    private static void checkWays(QueryRequest request, TableManifest table) {
        if (request.getWaysCount() == 0) {
            throw invalid("ways: none is named");
        }
        int next = 0;
        for (WayKeys way : request.getWaysList()) {
            if (way.getWay() < 0 || way.getWay() >= table.ways()) {
                throw new MorphogenException(
                        FailureReason.WAY_UNKNOWN, "ways: the table has ways 0 to " + (table.ways() - 1) + ".");
            }
            if (way.getWay() < next) {
                throw invalid("ways: not ascending, or one twice");
            }
            next = way.getWay() + 1;
        }
    }

    private static void checkSizes(QueryRequest request, int rowBytes) {
        long answerBytes = 0;
        for (WayKeys way : request.getWaysList()) {
            checkSize("keys of one way", way.getKeysCount(), Limits.MAX_KEYS_PER_WAY);
            checkSize("chunk ranges of one way", way.getChunksCount(), Limits.MAX_RANGES_PER_WAY);
            answerBytes += (long) way.getKeysCount() * rowBytes;
        }
        checkSize("row bytes of the answer", answerBytes, Limits.MAX_ANSWER_ROW_BYTES);
    }

    private static void checkSize(String what, long size, long limit) {
        if (size == 0) {
            throw invalid(what + ": there are none");
        }
        if (size > limit) {
            throw new MorphogenException(
                    FailureReason.REQUEST_TOO_LARGE,
                    what + ": " + size + ", at most " + limit + " are taken.",
                    Map.of("limit", Long.toString(limit)));
        }
    }

    static MorphogenException invalid(String what) {
        return new MorphogenException(FailureReason.REQUEST_INVALID, what + ".");
    }
}
